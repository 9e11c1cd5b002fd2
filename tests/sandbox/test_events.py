"""Events reach the app, in both ways, and are sent again when they fail."""

import json
from typing import Any

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox import Installation, Sandbox, Workspace
from tests.sandbox.listeners import noting


@pytest.fixture
def heard(connected, slack):
    """The events the Bolt app hears, by their type and subtype."""
    events: list[dict[str, str]] = []
    for kind in ("message", "app_mention", "member_joined_channel", "member_left_channel"):
        connected.event(kind)(noting(events, "payload"))
    return events


def wait(slack, heard, **expected):
    def fits(event):
        return all(event.get(key) == value for key, value in expected.items())

    return slack.wait_for(lambda: next(filter(fits, heard), None))


def test_a_message_is_heard(slack, heard):
    message = slack.say("ana", "#incidents", "hello")
    event = wait(slack, heard, type="message", ts=message.ts)
    assert (event["text"], event["user"], event["channel"]) == ("hello", "U00000ANA", "C00000INC")
    assert event["channel_type"] == "channel"


def test_a_mention_of_the_bot_is_heard(slack, heard):
    slack.say("ana", "#incidents", "@duckrow what is open?")
    assert "<@U00000BOT|duckrow>" in wait(slack, heard, type="app_mention")["text"]


def test_a_deleted_message_is_heard(slack, heard, client):
    ts = client.chat_postMessage(channel="C00000INC", text="root")["ts"]
    slack.delete(slack.messages("#incidents")[0])
    event = wait(slack, heard, subtype="message_deleted")
    assert event["deleted_ts"] == ts
    assert event["previous_message"]["bot_id"] == "B00000DUCK"


def test_a_deleted_message_with_replies_is_heard_as_the_tombstone_it_became(slack, heard, client):
    ts = client.chat_postMessage(channel="C00000INC", text="root")["ts"]
    client.chat_postMessage(channel="C00000INC", text="reply", thread_ts=ts)
    slack.delete(slack.messages("#incidents")[0])
    event = wait(slack, heard, subtype="message_changed")
    assert (event["message"]["subtype"], event["message"]["ts"]) == ("tombstone", ts)
    assert event["message"]["user"] == "USLACKBOT"
    assert event["previous_message"]["text"] == "root"
    assert [each for each in heard if each.get("subtype") == "message_deleted"] == []


def test_a_changed_message_is_heard(slack, heard, client):
    ts = client.chat_postMessage(channel="C00000INC", text="one")["ts"]
    client.chat_update(channel="C00000INC", ts=ts, text="two")
    event = wait(slack, heard, subtype="message_changed")
    assert event["message"]["text"] == "two"
    assert event["previous_message"]["text"] == "one"


def test_coming_and_going_is_heard(slack, heard):
    slack.join("eve", "#incidents")
    assert wait(slack, heard, type="member_joined_channel")["user"] == "U00000EVE"
    slack.leave("eve", "#incidents")
    assert wait(slack, heard, type="member_left_channel")["user"] == "U00000EVE"


def test_what_happens_elsewhere_is_not_heard(slack, heard):
    slack.say("ana", "#general", "not for the bot")
    last = slack.say("ana", "#incidents", "for the bot")
    wait(slack, heard, ts=last.ts)
    assert [event["text"] for event in heard] == ["for the bot"]


def test_what_was_not_asked_for_is_not_sent(web_server):
    seen: list[Any] = []

    def answer(handler):
        seen.append(json.loads(handler.body)["event"]["type"])
        handler.send_response(200)
        handler.end_headers()

    app = Installation(events=("app_mention",))
    with Sandbox(Workspace(app=app), http_url=web_server(answer)) as slack:
        slack.say("ana", "#incidents", "hello")
        slack.say("ana", "#incidents", "hello @duckrow")
        slack.wait_for(lambda: seen)
    assert seen == ["app_mention"]


@pytest.fixture
def failing(slack, web_server):
    """A server that fails so many times; gives what it was sent: number, reason, event id."""

    def start(times, **headers):
        seen = []

        def answer(handler):
            assert SignatureVerifier(slack.signing_secret).is_valid_request(
                handler.body, dict(handler.headers)
            )
            number = handler.headers["X-Slack-Retry-Num"]
            reason = handler.headers["X-Slack-Retry-Reason"]
            seen.append((number, reason, json.loads(handler.body)["event_id"]))
            handler.send_response(500 if len(seen) <= times else 200)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()

        slack.use_http(web_server(answer))
        return seen

    return start


def test_a_failed_event_is_sent_again_under_its_own_id(slack, failing):
    seen = failing(2)
    slack.say("ana", "#incidents", "hello")
    slack.wait_for(lambda: len(seen) == 3)
    assert [number for number, _, _ in seen] == [None, "1", "2"]
    assert [reason for _, reason, _ in seen] == [None, "http_error", "http_error"]
    assert len({event_id for _, _, event_id in seen}) == 1


def test_an_event_is_given_up_after_three_retries(slack, failing):
    seen = failing(99)
    slack.say("ana", "#incidents", "hello")
    slack.wait_for(lambda: len(seen) == 4)
    slack.say("ana", "#incidents", "another")
    slack.wait_for(lambda: len(seen) == 8)
    assert seen[4][2] != seen[3][2]


def test_an_app_can_ask_for_no_retry(slack, failing):
    seen = failing(99, **{"x-slack-no-retry": "1"})
    slack.say("ana", "#incidents", "one")
    slack.say("ana", "#incidents", "two")
    slack.wait_for(lambda: len(seen) == 2)
    assert [number for number, _, _ in seen] == [None, None]
