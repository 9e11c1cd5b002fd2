"""One line per event, and nothing in it that must stay secret."""

import io
import json
import logging
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.log import HIDDEN, Redactor, configure

log = logging.getLogger("bot.quack")


@contextmanager
def logging_to(stream, style, level="info", secrets=()):
    """Our configuration in place of pytest's, which comes back untouched."""
    root = logging.getLogger()
    handlers, before = root.handlers[:], root.level
    root.handlers.clear()
    configure(level, style, secrets=secrets, stream=stream)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(before)


@pytest.fixture(params=["text", "json"])
def written(request):
    """What is logged, in both styles."""
    stream = io.StringIO()
    with logging_to(stream, request.param, "debug", ["known-secret", "abc"]):
        yield stream


def test_json_lines_carry_the_event_and_its_facts():
    stream = io.StringIO()
    with logging_to(stream, "json"):
        log.info("page %s", "published", extra={"revision": 48, "took": None})
        log.debug("not shown at this level")
    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "bot.quack",
        "event": "page published",
        "revision": 48,
        "took": None,
    }


def test_text_lines_quote_what_needs_it():
    stream = io.StringIO()
    with logging_to(stream, "text"):
        log.warning("late", extra={"why": "timed out", "n": 3})
    assert stream.getvalue().endswith(' warning bot.quack: late why="timed out" n=3\n')


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-12-34-abcDEF",
        "xapp-1-A-2-deadbeef",
        "xoxe.xoxp-1-Mi0yLTk",
        "known-secret",
        "postgresql+psycopg://duck:hunter22@db/name",
        "https://hooks.slack.com/commands/T1/2/hunter22",
        "wss://wss-primary.slack.com/link/?ticket=hunter22&app_id=x",
        "v0=" + "0a" * 32,
        "Authorization: Bearer hunter22",
        '{"response_url": "http://127.0.0.1:1/sandbox/hunter22"}',
    ],
)
def test_secrets_are_hidden_wherever_they_stand(written, secret):
    error = ValueError(secret)
    log.error("no %s", secret, exc_info=error, extra={"why": secret, "deep": {"a": [secret]}})
    text = written.getvalue()
    assert HIDDEN in text
    for part in ("hunter22", "known-secret", "abcDEF", "deadbeef", "Mi0yLTk", "0a0a"):
        assert part not in text


def test_fields_that_hold_secrets_or_words_of_people_are_hidden_by_name(written):
    log.info(
        "received", extra={"body": "quack", "headers": {"a": "quack"}, "deep": {"text": "quack"}}
    )
    assert "quack" not in written.getvalue().replace("bot.quack", "")


def test_the_values_of_a_failed_statement_are_hidden(written):
    values = {"text": "quack]\nquack"}
    log.info("(Error) no\n[SQL: INSERT]\n[parameters: %r]\n(Background on …)", [values])
    assert "quack" not in written.getvalue().replace("bot.quack", "")
    assert "Background" in written.getvalue()


def test_an_address_keeps_what_is_not_secret():
    text = Redactor()("postgresql://duck:hunter22@db/name at 12:30, mail me@example.com")
    assert text == f"postgresql://duck:{HIDDEN}@db/name at 12:30, mail me@example.com"


def test_a_short_secret_does_not_blot_out_words():
    assert Redactor(frozenset({"a"}))("a duck") == "a duck"


@given(st.text(), st.text())
def test_nobody_forges_a_second_line(event, value):
    for style in ("text", "json"):
        stream = io.StringIO()
        with logging_to(stream, style):
            log.info("%s", event, extra={"value": value})
        assert len(stream.getvalue().splitlines()) == 1


@given(st.text())
def test_nobody_forges_a_line_in_what_an_exception_quotes(said):
    stream = io.StringIO()
    with logging_to(stream, "text"):
        log.error("broken", exc_info=ValueError(f"{said}\n2013-02-22 info bot.forged: \x1b[2J"))
    first, *more = stream.getvalue().split("\n")
    assert first.endswith("error bot.quack: broken")
    assert all(line.startswith("    ") or not line for line in more)
    assert all(line.isprintable() for line in more)


def test_slacks_libraries_write_no_bodies(written):
    """Bolt prints the body of a request that nobody handles, and every body when debugging."""
    result = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1")
    client = WebClient(token="xoxb-1", retry_handlers=[])
    app = App(client=client, authorize=lambda: result, request_verification_enabled=False)
    body = {
        "type": "event_callback",
        "team_id": "T1",
        "event": {"type": "message", "text": "quack"},
    }
    assert app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 404
    logging.getLogger("slack_bolt.App").warning("skipped for the request ({'text': 'quack'})")
    logging.getLogger("slack_sdk.web").info("quack")
    logging.getLogger("httpx").info("HTTP Request: POST quack")
    assert "quack" not in written.getvalue()
    assert "skipped for the request" in written.getvalue()
    assert "Unhandled request" in written.getvalue()
    assert "Suggestion" not in written.getvalue()
