"""Faults happen when asked for, to what was asked for, as Slack's own client sees them."""

import http.client
import time
import urllib.error
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.conftest import DEADLINE_PASSES

POST: Any = {"channel": "C00000INC", "text": "quack"}


def texts(slack):
    return [message.text for message in slack.messages("#incidents")]


def test_a_rate_limit_is_a_429_without_effect(slack, client):
    slack.faults.add("chat.postMessage", "ratelimited", seconds=7)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(**POST)
    response = caught.value.response
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert texts(slack) == []


@pytest.mark.parametrize(
    ("kind", "done"), [("html", []), ("html_done", ["quack"])], ids=["without", "with effect"]
)
def test_a_server_error_is_html(slack, client, kind, done):
    slack.faults.add("chat.postMessage", kind, status=503)
    with pytest.raises(SlackApiError, match="non-JSON format") as caught:
        client.chat_postMessage(**POST)
    assert caught.value.response.status_code == 503
    assert texts(slack) == done


@pytest.mark.parametrize(
    ("kind", "done"), [("body", []), ("body_done", ["quack"])], ids=["without", "with effect"]
)
def test_an_answer_can_be_anything(slack, client, kind, done):
    slack.faults.add("chat.postMessage", kind, body="<quack>")
    with pytest.raises(SlackApiError, match="<quack>"):
        client.chat_postMessage(**POST)
    assert texts(slack) == done


@pytest.mark.parametrize(
    "name", ["fatal_error", "internal_error", "service_unavailable", "rate_limited", "anything"]
)
def test_any_error_can_be_asked_for_by_name(slack, client, name):
    slack.faults.add("chat.*", "error", error=name)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(**POST)
    assert caught.value.response["error"] == name
    assert texts(slack) == []


def test_an_error_can_come_although_it_was_done(slack, client):
    slack.faults.add("chat.postMessage", "error_done", error="internal_error")
    with pytest.raises(SlackApiError, match="internal_error"):
        client.chat_postMessage(**POST)
    assert texts(slack) == ["quack"]


@pytest.mark.parametrize(
    ("kind", "error", "done"),
    [
        ("close", http.client.RemoteDisconnected, []),
        ("close_done", http.client.RemoteDisconnected, ["quack"]),
        ("reset", ConnectionResetError, []),
        ("reset_done", ConnectionResetError, ["quack"]),
        ("truncate", http.client.IncompleteRead, ["quack"]),
    ],
)
def test_a_connection_can_break(slack, client, kind, error, done):
    slack.faults.add("chat.postMessage", kind)
    with pytest.raises((error, urllib.error.URLError)) as caught:
        client.chat_postMessage(**POST)
    assert isinstance(getattr(caught.value, "reason", caught.value), error)
    assert texts(slack) == done


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("slow", ["quack"], ["quack"]), ("late", [], ["quack"]), ("hang", [], [])],
)
def test_an_answer_can_come_after_the_client_has_gone(slack, kind, before, after):
    client = WebClient(slack.bot_token, base_url=slack.api_url, timeout=1, retry_handlers=[])
    slack.faults.add("chat.postMessage", kind, seconds=3)
    with pytest.raises(TimeoutError):
        client.chat_postMessage(**POST)
    slack.wait_for(lambda: texts(slack) == before)
    if kind == "hang":
        time.sleep(2.5)  # until it is over
    slack.wait_for(lambda: texts(slack) == after)


def test_the_sdk_posts_twice_by_default_when_the_answer_is_lost(slack):
    slack.faults.add("chat.postMessage", "close_done")
    WebClient(slack.bot_token, base_url=slack.api_url).chat_postMessage(**POST)
    assert texts(slack) == ["quack", "quack"]


def test_history_can_lag_behind(slack, client):
    client.chat_postMessage(**POST)
    slack.faults.add("conversations.history", "lag", seconds=60)
    assert client.conversations_history(channel=POST["channel"])["messages"] == []
    assert len(client.conversations_history(channel=POST["channel"])["messages"]) == 1


def test_a_fault_happens_as_often_as_asked_and_only_where_asked(slack, client):
    slack.faults.add("chat.postMessage", "error", times=2)
    for _ in range(2):
        client.auth_test()
        with pytest.raises(SlackApiError):
            client.chat_postMessage(**POST)
    client.chat_postMessage(**POST)
    assert len(slack.called("chat.postMessage")) == 3


def test_a_fault_can_happen_by_chance_until_it_is_cleared(slack, client):
    slack.faults.add("auth.test", "error", times=None, probability=0.5)
    outcomes = []
    for _ in range(40):
        try:
            outcomes.append(client.auth_test()["ok"])
        except SlackApiError:
            outcomes.append(False)
    assert 5 < sum(outcomes) < 35
    slack.faults.clear()
    assert all(client.auth_test()["ok"] for _ in range(10))


def test_there_are_only_the_faults_of_the_tables(slack):
    with pytest.raises(ValueError, match="there is no fault gremlin"):
        slack.faults.add("*", "gremlin")


def test_a_response_url_can_fail(slack, connected):
    statuses: list[int] = []
    slack.faults.add("response_url", "html")

    def answer(ack, respond):
        ack()
        statuses.extend(respond("later").status_code for _ in range(2))

    connected.command("/incident")(answer)
    slack.say("ana", "#incidents", "/incident list")
    assert statuses == [503, 200]


@pytest.fixture
def heard(connected):
    """The texts of the commands that the Bolt app carried out."""
    texts = []

    def answer(ack, command):
        texts.append(command["text"])
        ack(command["text"])

    connected.command("/incident")(answer)
    return texts


@pytest.mark.parametrize("kind", ["duplicate", "twice_at_once"])
def test_a_delivery_can_arrive_twice(slack, heard, kind):
    slack.faults.add("slash_commands", kind)
    assert slack.say("ana", "#incidents", "/incident list").text == "list"
    assert heard == ["list", "list"]


@DEADLINE_PASSES
def test_a_delivery_can_get_lost(slack, heard):
    slack.faults.add("slash_commands", "lost")
    assert "operation_timeout" in slack.say("ana", "#incidents", "/incident list").text
    assert heard == []


def test_an_answer_can_get_lost(slack, heard):
    slack.faults.add("slash_commands", "answer_lost")
    assert "operation_timeout" in slack.say("ana", "#incidents", "/incident list").text
    assert heard == ["list"]


def test_deliveries_can_be_reordered(slack, heard, in_background):
    fault = slack.faults.add("slash_commands", "delayed", seconds=2)
    first = in_background(lambda: slack.say("ana", "#incidents", "/incident one"))
    slack.wait_for(lambda: fault.times == 0)
    slack.say("ana", "#incidents", "/incident two")
    assert first().text == "one"
    assert heard == ["two", "one"]
