"""Calls out to Slack: sent once, never too long, and each failure said for what it is."""

import json
import time
from contextlib import closing

import pytest

from bot.slack.client import Ambiguous, Client, NoEffect, Permanent, ReplyClient
from bot.slack.deadline import _deadline, _Stream
from tests.slack.raw import (
    DRIBBLES,
    RawServer,
    answering,
    cutting,
    dribbling,
    hanging,
    nobody,
    resetting,
    truncating,
)


def ok(**more):
    return answering("200 OK", json.dumps({"ok": True, **more}).encode())


def failing(error):
    return answering("200 OK", json.dumps({"ok": False, "error": error}).encode())


AT_LENGTH = 60.0  # seconds, for an answer that comes: however long the machine stands still
IN_VAIN = 5.0  # for one that does not


def call(behave, method="chat.postMessage", within=AT_LENGTH, **params):
    try:
        with RawServer(behave) as server, Client("xoxb-secret", server.url) as client:
            return client.call(method, within=within, **params)
    finally:  # by now it has read all that it was sent
        assert len(server.requests) == 1


def test_the_answer_is_handed_over():
    assert call(ok(ts="1.2"))["ts"] == "1.2"


def test_everything_is_sent_as_a_form_and_what_is_absent_is_left_out():
    with RawServer(ok()) as server, Client("xoxb-1", server.url) as client:
        client.call("m", text="a&b", blocks=[{"type": "divider"}], unfurl_links=False, ts=None)
    sent = server.requests[0].decode()
    assert "authorization: bearer xoxb-1" in sent.lower()
    assert sent.endswith(
        "text=a%26b&blocks=%5B%7B%22type%22%3A+%22divider%22%7D%5D&unfurl_links=false"
    )


@pytest.mark.parametrize(
    "behave",
    [
        cutting,
        resetting,
        truncating,
        hanging,
        dribbling,
        answering("500 Oops", b"<html>no</html>"),
        answering("503 Busy", b"{}"),
        answering("200 OK", b"<html>a proxy</html>"),
        answering("200 OK", b"[]"),
        answering("302 Found", headers="Location: /elsewhere\r\n"),
        failing("fatal_error"),
        failing("internal_error"),
        failing("request_timeout"),
    ],
)
def test_what_may_have_happened_is_ambiguous_and_never_sent_twice(behave):
    with pytest.raises(Ambiguous):
        call(behave, within=IN_VAIN if behave in {hanging, dribbling} else AT_LENGTH)


def test_a_call_ends_in_time_however_slowly_the_answer_dribbles():
    began = time.monotonic()
    with pytest.raises(Ambiguous):
        call(dribbling, within=IN_VAIN)
    assert time.monotonic() - began < DRIBBLES


def test_a_call_whose_time_is_over_is_not_sent():
    with RawServer(ok()) as server, Client("xoxb-1", server.url) as client:
        with pytest.raises(NoEffect) as caught:
            client.call("chat.postMessage", within=1.0, since=time.monotonic() - 1)
        assert (caught.value.error, server.requests) == ("too_late", [])


def test_whoever_stood_still_after_connecting_writes_nothing(monkeypatch):
    def stand_still(*connected):
        real(*connected)
        time.sleep(max(_deadline.get() - time.monotonic(), 0) + 0.1)

    real = _Stream.__init__
    monkeypatch.setattr(_Stream, "__init__", stand_still)
    with (
        RawServer(ok()) as server,
        Client("xoxb-1", server.url) as client,
        pytest.raises(Ambiguous),
    ):
        client.call("chat.postMessage", within=IN_VAIN)
    assert not any(server.requests)


def test_a_rate_limit_has_no_effect_and_says_how_long():
    with pytest.raises(NoEffect) as caught:
        call(answering("429 Slow", b"", "Retry-After: 7\r\n"))
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("said", ["", "soon", "-1", "٣"])
def test_an_unreadable_retry_after_is_half_a_minute(said):
    header = f"Retry-After: {said}\r\n".encode().decode("latin-1")
    with pytest.raises(NoEffect) as caught:
        call(answering("429 Slow", b"", header))
    assert caught.value.retry_after == 30


def test_a_rate_limit_may_also_come_as_a_refusal():
    with pytest.raises(NoEffect):
        call(failing("rate_limited"))


def test_nobody_there_has_no_effect():
    with nobody() as url, Client("xoxb-1", url) as client, pytest.raises(NoEffect) as caught:
        client.call("auth.test", within=1.0)
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    "error", ["channel_not_found", "not_in_channel", "invalid_blocks", "invalid_auth", "brand_new"]
)
def test_other_refusals_are_permanent_in_slacks_own_word(error):
    with pytest.raises(Permanent) as caught:
        call(failing(error))
    assert caught.value.error == error


def test_the_token_is_in_no_text_about_the_client():
    with Client("xoxb-secret") as client:
        assert "secret" not in repr(client) + str(vars(client))


def test_scopes_are_what_slack_grants():
    granted = answering("200 OK", b'{"ok": true}', "x-oauth-scopes: commands, chat:write\r\n")
    with RawServer(granted) as server, Client("xoxb-1", server.url) as client:
        assert client.scopes() == {"commands", "chat:write"}


@pytest.mark.parametrize(
    ("behave", "failure"),
    [
        (cutting, Ambiguous),
        (answering("500 Oops"), Ambiguous),
        (answering("404 Not Found", b"used_url"), Permanent),
        (answering("200 OK", b'{"ok":false,"error":"expired_url"}'), Permanent),
        (answering("429 Slow"), NoEffect),
    ],
)
def test_replies_fail_in_the_same_three_ways(behave, failure):
    with (
        RawServer(behave) as server,
        closing(ReplyClient(server.url)) as replies,
        pytest.raises(failure),
    ):
        replies.post(server.url, {"text": "x"}, within=AT_LENGTH)


@pytest.mark.parametrize("url", ["", "nowhere", "ftp://a/b", "http://[::1"])
def test_an_address_that_is_none_is_refused_for_good(url):
    with closing(ReplyClient()) as replies, pytest.raises(Permanent):
        replies.post(url, {}, within=1.0)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/commands/1",
        "https://169.254.169.254/latest/meta-data",
        "https://evilslack.com/x",
        "https://slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://evil.example\\@slack.com/x",
        "https://ana:word@hooks.slack.com/x",
        "file:///etc/passwd",
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_slacks(url):
    """httpx would say otherwise that it could not connect: that is no refusal for good."""
    with closing(ReplyClient()) as replies, pytest.raises(Permanent) as caught:
        replies.post(url, {}, within=1.0)
    assert caught.value.error == "invalid_url"


def test_slacks_own_addresses_are_those_beside_its_api():
    for api, url in (
        ("https://slack.com/api/", "https://hooks.slack.com/commands/1"),
        ("https://slack-gov.com/api/", "https://hooks.slack-gov.com/actions/1"),
    ):
        with closing(ReplyClient(api)) as replies:
            assert replies._is_slacks(url)
