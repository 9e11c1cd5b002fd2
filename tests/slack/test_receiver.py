"""Reception over HTTP: what Slack signed goes in whole, and nothing else gets past the door."""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.slack.receiver import Receiver

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = datetime(2013, 2, 22, 9, 0, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
COMMAND = {
    "team_id": "T1",
    "api_app_id": "A1",
    "channel_id": "C1",
    "channel_name": "incidents",
    "user_id": "U1",
    "command": "/incident",
    "text": "update all is well",
    "trigger_id": "1.2.3",
    "response_url": "https://hooks.invalid/1",
}


@pytest.fixture
def heard():
    return []


@pytest.fixture
def receiver(heard):
    app = App(
        process_before_response=True,
        client=WebClient(retry_handlers=[]),
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )

    @app.command(re.compile(""))
    def on_command(body, ack):
        heard.append(body["text"])
        ack({"text": "Saved"})

    @app.action(re.compile(""))
    def on_action(body, ack):
        heard.append(body["actions"][0]["value"])
        ack()

    return Receiver(app, SECRET, lambda: NOW)


def signature(body, timestamp, secret=SECRET):
    signed = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def send(receiver, body, content_type=FORM, *, at=NOW, **overrides):
    body = urlencode(body).encode() if isinstance(body, dict) else body
    timestamp = str(int(at.timestamp()))
    values = {"timestamp": timestamp, "signature": signature(body, timestamp)} | overrides
    return receiver.receive(body, content_type=content_type, **values)


def test_a_signed_command_is_answered(receiver, heard):
    reply = send(receiver, COMMAND)
    assert (reply.status, json.loads(reply.body)) == (200, {"text": "Saved"})
    assert heard == ["update all is well"]


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "update the payload is too large"},
        {"channel_name": "payload-team"},
        {"text": "update payload=1&payload=2"},
    ],
)
def test_the_word_payload_loses_no_command(receiver, heard, changed):
    assert send(receiver, COMMAND | changed).status == 200
    assert heard == [(COMMAND | changed)["text"]]


def test_a_pressed_button_arrives_as_its_payload(receiver, heard):
    payload = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "actions": [{"type": "button", "action_id": "choose:0", "block_id": "b", "value": "12"}],
    }
    assert send(receiver, {"payload": json.dumps(payload)}).status == 200
    assert heard == ["12"]


@pytest.mark.parametrize(
    ("age", "status"), [(299, 200), (300, 200), (301, 401), (-299, 200), (-301, 401)]
)
def test_a_request_counts_for_five_minutes(receiver, age, status):
    at = datetime.fromtimestamp(NOW.timestamp() - age, UTC)
    assert send(receiver, COMMAND, at=at).status == status


@pytest.mark.parametrize(
    "forged",
    [
        {"signature": ""},
        {"signature": "v0="},
        {"signature": "v0=" + "0" * 64},
        {"signature": "v0=ü"},
        {"signature": "v0=\udcff"},
        {"signature": "v1=" + "0" * 64},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "1e9"},
        {"timestamp": "-1361523600"},
        {"timestamp": "١٣٦١٥٢٣٦٠٠"},
        {"timestamp": "9" * 400},
        {"timestamp": "1361523600\n"},
        {"timestamp": "01361523600"},
    ],
)
def test_a_forged_request_is_401_and_heard_by_nobody(receiver, heard, forged):
    assert send(receiver, COMMAND, **forged).status == 401
    assert heard == []


def test_a_body_altered_after_signing_is_401(receiver, heard):
    body = urlencode(COMMAND).encode()
    signed = signature(body, str(int(NOW.timestamp())))
    assert send(receiver, body + b"&text=evil", signature=signed).status == 401
    assert heard == []


def test_a_request_signed_with_another_secret_is_401(receiver):
    timestamp = str(int(NOW.timestamp()))
    forged = signature(urlencode(COMMAND).encode(), timestamp, "another secret")
    assert send(receiver, COMMAND, signature=forged).status == 401


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"text=a&text=b&command=%2Fincident", FORM),
        (b"payload=%7B%7D&payload=%7B%7D", FORM),
        (b"just words", FORM),
        (b"", FORM),
        (b"\xff\xfe=1", FORM),
        (b"text=%ff", FORM),
        (b"&".join(b"k%d=1" % n for n in range(200)), FORM),
        (b"payload=", FORM),
        (b"payload=%5B%5D", FORM),
        (b'{"a": 1, "a": 2}', "application/json"),
        (b"[]", "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b"{" + b'"a":{' * 100_000, "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"", "application/json"),
        (b"{}", "application/json"),
        (b'{"type":"event_callback","event":"type"}', "application/json"),
        (b'{"type":"event_callback","event":{"type":"message","user":5}}', "application/json"),
        (urlencode({"payload": '{"type":"block_actions","user":5}'}).encode(), FORM),
        (urlencode(COMMAND | {"channel_id": "C\0"}).encode(), FORM),
        (b"just=words", FORM),
        (urlencode(COMMAND).encode(), "application/json"),
        (urlencode(COMMAND).encode(), "text/plain"),
        (urlencode(COMMAND).encode(), "multipart/form-data; boundary=x"),
        (urlencode(COMMAND).encode(), ""),
    ],
)
def test_what_cannot_be_read_is_400_even_when_signed(receiver, heard, body, content_type):
    assert send(receiver, body, content_type).status == 400
    assert heard == []


def test_a_signed_url_verification_is_answered_with_its_challenge(receiver):
    body = json.dumps({"type": "url_verification", "challenge": "c4f3", "token": "t"}).encode()
    reply = send(receiver, body, "application/json; charset=utf-8")
    assert reply.status == 200
    assert json.loads(reply.body) == {"challenge": "c4f3"}


def test_an_ssl_check_is_answered_and_reaches_nobody(receiver, heard):
    assert send(receiver, {"ssl_check": "1", "token": "t"}, signature="").status == 200
    assert heard == []


def test_a_command_cannot_pose_as_an_ssl_check(receiver, heard):
    reply = send(receiver, COMMAND | {"ssl_check": "1"}, signature="")
    assert (reply.status, heard) == (401, [])


@given(body=st.binary(max_size=300), content_type=st.sampled_from([FORM, "application/json"]))
def test_no_signed_body_whatever_breaks_the_receiver(body, content_type):
    silent = Receiver(_unreached(), SECRET, lambda: NOW)
    assert send(silent, body, content_type).status in {200, 400}


@given(timestamp=st.text(max_size=20), signed=st.text(max_size=80))
def test_no_pair_of_headers_whatever_is_more_than_401(timestamp, signed):
    silent = Receiver(_unreached(), SECRET, lambda: NOW)
    assert send(silent, COMMAND, timestamp=timestamp, signature=signed).status == 401


def _unreached():
    return App(
        process_before_response=True,
        client=WebClient(retry_handlers=[]),
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
        request_verification_enabled=False,
    )
