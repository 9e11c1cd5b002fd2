"""A response_url works five times in half an hour, and only as Slack says."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from slack_sdk.webhook import WebhookClient

from bot.sandbox import Sandbox, Workspace
from tests.sandbox.listeners import noting


@pytest.fixture
def clock():
    """A clock that stands until it is moved."""
    return [1361520600.0]


@pytest.fixture
def workspace(clock):
    """A workspace in which the clock decides."""
    return Workspace(rate_limits=False, clock=lambda: clock[0])


@pytest.fixture
def url(connected, slack):
    """The response_url of a command by Ana."""
    seen: list[Any] = []
    connected.command("/incident")(noting(seen, "payload"))
    slack.say("ana", "#incidents", "/incident list")
    return seen[0]["response_url"]


@pytest.fixture
def hook(url):
    """Slack's own client for it."""
    return WebhookClient(url)


def test_it_answers_the_author_only(hook, slack):
    response = hook.send(text="live")
    assert (response.status_code, response.body) == (200, "ok")
    assert [message.text for message in slack.ephemerals("ana")] == ["live"]
    assert slack.messages("#incidents") == []


def test_it_can_answer_everybody(hook, slack):
    hook.send(text="live", response_type="in_channel")
    assert [message.text for message in slack.messages("#incidents")] == ["live"]


def test_it_can_answer_in_a_thread(url, slack):
    root = slack.say("ana", "#incidents", "hello")
    body = json.dumps({"text": "here", "thread_ts": root.ts, "response_type": "in_channel"})
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers)).close()
    assert [reply.text for reply in slack.thread("#incidents", root)] == ["here"]


def test_it_works_where_the_bot_may_not_post(connected, slack):
    seen: list[Any] = []
    connected.command("/incident")(noting(seen, "payload"))
    slack.say("ana", "#general", "/incident list")
    WebhookClient(seen[0]["response_url"]).send(text="later", response_type="in_channel")
    assert [message.text for message in slack.messages("#general")] == ["later"]


def test_it_works_five_times(hook):
    answers = [hook.send(text=str(number)) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[-1].body == "used_url"


def test_it_works_for_half_an_hour(hook, clock):
    clock[0] += 30 * 60 - 1
    assert hook.send(text="just").status_code == 200
    clock[0] += 2
    late = hook.send(text="late")
    assert (late.status_code, late.body) == (404, "expired_url")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": [{"type": "carousel"}]}, "invalid_blocks"),
        ({"text": "x", "response_type": "loud"}, "invalid_response_type"),
        (["x"], "invalid_payload"),
    ],
)
def test_what_is_wrong_is_refused(url, slack, body, wrong):
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as answer:
        assert (answer.code, json.load(answer)["error"]) == (400, wrong)
    assert slack.ephemerals("ana") == []


def test_an_address_that_was_never_given_out_does_not_work(slack):
    assert WebhookClient(f"{slack.url}/hooks/commands/T/1/x").send(text="x").status_code == 404


BUTTON = [
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        ],
    }
]


@pytest.fixture
def pressed(connected, slack, client):
    """Ana pressed a button; gives the message and the client of its response_url."""
    seen: list[Any] = []
    connected.action("go")(noting(seen))

    def press(message):
        assert slack.click("ana", message, "Go") is None
        return WebhookClient(seen[-1]["response_url"])

    return press


def test_a_button_can_replace_its_message(pressed, client, slack):
    client.chat_postMessage(channel="C00000INC", text="Sure?", blocks=BUTTON)
    pressed(slack.messages("#incidents")[0]).send(text="Done.", replace_original=True)
    message = slack.messages("#incidents")[0]
    assert (message.text, message.blocks) == ("Done.", [])


def test_a_button_can_delete_an_ephemeral(pressed, client, slack):
    client.chat_postEphemeral(channel="C00000INC", user="U00000ANA", text="?", blocks=BUTTON)
    pressed(slack.ephemerals("ana")[0]).send(delete_original=True)
    assert slack.ephemerals("ana") == []


def test_a_sandbox_starts_and_stops_again_and_again():
    for _ in range(3):
        with Sandbox() as slack:
            assert WebhookClient(f"{slack.url}/hooks/x").send(text="x").status_code == 404
