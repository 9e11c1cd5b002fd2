"""Replies beside an ack; a stop in good order stays one, whatever Slack does meanwhile."""

import logging
import threading
from functools import partial

import pytest

from bot.slack.client import NoEffect

HERE = "https://hooks.slack.com/1"
LATER = "https://hooks.slack.com/2"


class Stalled:
    """Slack's end, which answers when a test says; closed, it fails as httpx does."""

    def __init__(self):
        self.begun, self.answers = threading.Event(), threading.Event()
        self.posted = []
        self._closed = False

    def post(self, url, _message, *, within):
        if within <= 0:
            raise NoEffect("too_late")
        if self._closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")
        self.posted.append(url)
        self.begun.set()
        self.answers.wait(60)

    def close(self):
        self._closed = True


@pytest.fixture
def stalled(monkeypatch):
    made = Stalled()
    monkeypatch.setattr("bot.slack.reception.ReplyClient", lambda *_: made)
    return made


@pytest.fixture
def failed(monkeypatch):
    """What left a thread, and would have ended the process."""
    found: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", found.append)
    return found


def test_what_is_left_at_a_stop_is_told_of_and_fails_no_thread(
    make_bot, stalled, failed, monkeypatch, caplog
):
    reception = make_bot().reception
    replier = reception._replier
    monkeypatch.setattr(replier, "close", partial(replier.close, timeout=0.05))
    replier.send(HERE, {})
    assert stalled.begun.wait(60)
    replier.send(LATER, {})
    with caplog.at_level(logging.WARNING):
        reception.close()
        stalled.answers.set()
        replier._thread.join(60)
    assert failed == []
    assert stalled.posted == [HERE]
    told = [record for record in caplog.records if record.name == "bot.slack.replier"]
    assert [record.error for record in told] == ["too_late"]


def test_what_waits_at_a_stop_is_still_sent(make_bot, stalled, failed, monkeypatch):
    reception = make_bot().reception
    replier = reception._replier
    monkeypatch.setattr(replier, "close", partial(replier.close, timeout=60))
    replier.send(HERE, {})
    replier.send(LATER, {})
    assert stalled.begun.wait(60)
    threading.Timer(0.1, stalled.answers.set).start()
    reception.close()
    assert stalled.posted == [HERE, LATER]
    assert failed == []


def test_a_reply_too_many_is_dropped(make_bot, stalled, caplog):
    replier = make_bot().reception._replier
    replier.send(HERE, {})
    assert stalled.begun.wait(60)
    for _ in range(101):
        replier.send(LATER, {})
    stalled.answers.set()
    assert replier.close(timeout=60)
    assert stalled.posted == [HERE] + [LATER] * 100
    assert "one is dropped" in caplog.text
