"""Slash commands reach a real Bolt app, in Socket Mode and over signed HTTP."""

import json
import threading
import time
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_bolt import BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox import NotPossible, Sandbox
from bot.sandbox.inbound.http_mode import signature
from tests.sandbox.conftest import DEADLINE, DEADLINE_PASSES
from tests.sandbox.listeners import keeping, noting


def dispatching(bolt):
    """The Bolt app behind a real HTTP server; Bolt checks the signature."""

    def answer(handler):
        request = BoltRequest(body=handler.body.decode(), headers=dict(handler.headers))
        response = bolt.dispatch(request)
        handler.send_response(response.status)
        for name, values in response.headers.items():
            handler.send_header(name, values[0])
        handler.end_headers()
        handler.wfile.write(response.body.encode())

    return answer


@pytest.fixture
def over_http(slack, bolt, web_server):
    """The Bolt app, reached by signed requests."""
    slack.use_http(web_server(dispatching(bolt)))
    return bolt


@pytest.fixture(params=["socket mode", "http"])
def app(request):
    """The Bolt app, reached in either way."""
    return request.getfixturevalue({"http": "over_http"}.get(request.param, "connected"))


def test_a_command_is_answered_to_its_author_only(app, slack):
    app.command("/incident")(lambda ack, command: ack(f"Got {command['text']}"))
    reply = slack.say("ana", "#incidents", "/incident open Site Outage")
    assert reply.text == "Got open Site Outage"
    assert slack.ephemerals("ana") == [reply]
    assert slack.ephemerals("ben") == []
    assert slack.messages("#incidents") == []


def test_a_command_has_all_its_fields(app, slack):
    seen: dict[str, Any] = {}
    app.command("/incident")(keeping(seen))
    assert slack.say("ben", "#incidents", "/incident list") is None
    assert set(seen) == {
        *("token", "team_id", "team_domain", "channel_id", "channel_name", "user_id"),
        *("user_name", "command", "text", "api_app_id", "is_enterprise_install"),
        *("response_url", "trigger_id"),
    }
    assert (seen["user_id"], seen["user_name"]) == ("U00000BEN", "ben")
    assert (seen["channel_id"], seen["channel_name"]) == ("C00000INC", "incidents")
    assert seen["command"] == "/incident"


def test_a_reply_in_the_channel_shows_the_command_too(app, slack):
    app.command("/incident")(lambda ack: ack("all see it", response_type="in_channel"))
    slack.say("ana", "#incidents", "/incident list")
    said = [(message.user, message.text) for message in slack.messages("#incidents")]
    assert said == [("U00000ANA", "/incident list"), ("U00000BOT", "all see it")]


def test_several_lines_and_odd_characters_arrive_as_typed(app, slack):
    app.command("/incident")(lambda ack, command: ack(json.dumps(command["text"])))
    reply = slack.say("ana", "#incidents", "/incident open Tïtle 🦆 + a=1&b\n\nsecond")
    assert "open T\\u00eftle \\ud83e\\udd86 + a=1&amp;b\\n\\nsecond" in reply.text


@DEADLINE_PASSES
def test_a_failing_app_is_told_to_the_author(app, slack):
    app.command("/incident")(lambda ack: None)  # never acknowledged
    reply = slack.say("ana", "#incidents", "/incident list")
    failed = '/incident failed with the error "{}"'
    assert reply.text in {failed.format("operation_timeout"), failed.format("dispatch_failed")}
    assert reply.user == "USLACKBOT"


def test_a_reply_with_wrong_blocks_is_told_to_the_author(app, slack):
    app.command("/incident")(lambda ack: ack(text="x", blocks=[{"type": "carousel"}]))
    reply = slack.say("ana", "#incidents", "/incident list")
    assert reply.text == '/incident failed with the error "invalid_blocks"'


def test_without_a_connection_the_author_sees_that_at_once(slack):
    started = time.monotonic()
    reply = slack.say("ana", "#incidents", "/incident list")
    assert reply.text == '/incident failed with the error "dispatch_failed"'
    assert time.monotonic() - started < DEADLINE / 2


def test_a_slow_app_is_too_late_after_three_seconds(web_server):
    released = threading.Event()
    url = web_server(lambda handler: released.wait(20))
    with Sandbox(http_url=url) as slack:
        started = time.monotonic()
        reply = slack.say("ana", "#incidents", "/incident list")
        took = time.monotonic() - started
    released.set()
    assert reply
    assert reply.text == '/incident failed with the error "operation_timeout"'
    assert 2.9 < took < 10


def test_nobody_listening_is_a_failed_dispatch(slack, free_port):
    slack.use_http(f"http://127.0.0.1:{free_port}/slack/events")
    reply = slack.say("ana", "#incidents", "/incident list")
    assert reply.text == '/incident failed with the error "dispatch_failed"'


def test_commands_do_not_work_in_threads(connected, slack):
    connected.command("/incident")(lambda ack: ack("never"))
    root = slack.say("ana", "#incidents", "hello")
    reply = slack.say("ana", "#incidents", "/incident list", thread=root)
    assert reply.text == "/incident is not supported in threads. Sorry!"
    assert reply.thread_ts == root.ts


def test_an_unknown_command_goes_nowhere(slack):
    reply = slack.say("ana", "#incidents", "/quack")
    assert "not a valid command" in reply.text


def test_names_in_a_command_arrive_as_ids(connected, slack):
    connected.command("/incident")(lambda ack, command: ack(f"`{command['text']}`"))
    reply = slack.say("ana", "#incidents", "/incident ask @ben & #general https://example.org")
    expected = "<@U00000BEN|ben> &amp; <#C00000GEN|general> https://example.org"
    assert expected in reply.text.replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize(
    ("person", "channel"),
    [("eve", "#incidents"), ("dee", "#incidents"), ("gus", "#old-incidents")],
)
def test_who_is_not_in_a_channel_cannot_type_there(slack, person, channel):
    with pytest.raises(NotPossible):
        slack.say(person, channel, "/incident list")


def test_commands_are_signed_forms(slack, web_server):
    seen: list[Any] = []

    def answer(handler):
        verifier = SignatureVerifier(slack.signing_secret)
        assert verifier.is_valid_request(handler.body, dict(handler.headers))
        seen.append((handler.headers["Content-Type"], parse_qs(handler.body.decode())))
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"plain words")

    slack.use_http(web_server(answer))
    assert slack.say("ana", "#incidents", "/incident list").text == "plain words"
    kind, form = seen[0]
    assert kind == "application/x-www-form-urlencoded"
    assert form["command"] == ["/incident"]


def test_no_two_triggers_or_response_urls_are_alike(connected, slack):
    seen: list[Any] = []
    connected.command("/incident")(noting(seen))
    for _ in range(5):
        slack.say("ana", "#incidents", "/incident list")
    assert len({body["trigger_id"] for body in seen}) == 5
    assert len({body["response_url"] for body in seen}) == 5


@pytest.fixture
def address(slack, bolt, web_server):
    """The Bolt app's address, for requests that are no command."""
    return slack.use_http(web_server(dispatching(bolt)))


def test_the_address_is_verified_by_a_challenge(address):
    assert address.verify_url()


def test_an_address_that_does_not_know_the_challenge_is_not_verified(slack, web_server):
    def answer(handler):
        handler.send_response(200)
        handler.end_headers()

    assert not slack.use_http(web_server(answer)).verify_url()


def test_the_address_is_checked_now_and_then(address):
    assert address.check_ssl()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "1361520600"},
        {"X-Slack-Signature": signature("another secret", str(int(time.time())), b"text=x")},
    ],
    ids=["tampered", "stale", "another's"],
)
def test_requests_can_be_forged_and_are_refused(address, headers):
    response, _ = address.send(b"text=x", "application/x-www-form-urlencoded", headers)
    assert response.status == 401
