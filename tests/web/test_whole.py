"""Requests are received whole, in bounded time and size, before the app hears of them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, request

from bot.slack.receiver import MAX_BODY
from bot.web.whole import Whole

SCOPE = {
    "type": "http",
    "http_version": "1.1",
    "method": "POST",
    "scheme": "http",
    "path": "/quäck",
    "query_string": b"a=%20",
    "headers": [(b"content-type", b"text/x"), (b"x-two", b"1"), (b"x-two", b"2"), (b"x_two", b"3")],
    "server": ("127.0.0.1", 80),
}


@pytest.fixture
def seen():
    return []


@pytest.fixture
def app(seen):
    app = Flask("echo", static_folder=None)

    @app.post("/quäck")
    def echo():
        told = (
            request.get_data(),
            request.content_type,
            request.headers["X-Two"],
            dict(request.args),
        )
        seen.append(told)
        return "heard", 201, {"X-Own": "yes"}

    return app


def exchange(whole, *pieces, headers=()):
    """What is sent back; the sender falls silent after these pieces."""
    waiting, sent = list(pieces), []

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    answered = whole(SCOPE | {"headers": [*SCOPE["headers"], *headers]}, receive, send)
    with ThreadPoolExecutor(1) as elsewhere:  # a browser's tests keep a loop in this thread
        elsewhere.submit(asyncio.run, answered).result()
    return sent


def piece(body, *, more):
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_pieces_reaches_the_app_whole(app, seen):
    sent = exchange(Whole(app), piece(b"du", more=True), piece(b"ck", more=False))
    assert seen == [(b"duck", "text/x", "1,2", {"a": " "})]
    assert (sent[0]["status"], sent[1]["body"]) == (201, b"heard")
    assert (b"x-own", b"yes") in sent[0]["headers"]


def test_a_body_that_does_not_come_is_408_and_reaches_nobody(app, seen):
    sent = exchange(Whole(app, within=0.05), piece(b"du", more=True))
    assert (sent[0]["status"], seen) == (408, [])


def test_a_body_said_to_be_too_large_is_413_before_any_of_it_is_read(app, seen):
    length = (b"content-length", str(MAX_BODY + 1).encode())
    assert exchange(Whole(app), headers=[length])[0]["status"] == 413
    assert seen == []


def test_a_body_that_turns_out_too_large_is_413_and_the_rest_is_not_read(app, seen):
    half = piece(b"x" * (MAX_BODY // 2 + 1), more=True)
    assert exchange(Whole(app), half, half)[0]["status"] == 413
    assert seen == []


def test_a_body_that_breaks_off_is_400_and_reaches_nobody(app, seen):
    gone = {"type": "http.disconnect"}
    assert exchange(Whole(app), piece(b"du", more=True), gone)[0]["status"] == 400
    assert seen == []
