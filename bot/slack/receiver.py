"""Reception over HTTP: the signature, the age and the form are ours; then the same Bolt app.

Bolt's own form parser takes any body holding the word "payload" for a pressed button, and drops
it: so it never sees one. It is handed what Socket Mode would have delivered.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt import App

from bot.slack.listener import dispatch
from bot.slack.shapes import BadRequest

MAX_BODY = 1024 * 1024  # bytes; nothing Slack sends comes near

_MAX_AGE = 300  # seconds, in both directions
_MAX_FIELDS = 100
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """What Slack's request is answered with."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Receiver:
    """Takes raw requests and hands verified payloads to the Bolt app."""

    def __init__(self, app: App, signing_secret: str, now: Callable[[], datetime]) -> None:
        self._app = app
        self._secret = signing_secret.encode()
        self._now = now

    def receive(self, body: bytes, *, content_type: str, timestamp: str, signature: str) -> Reply:
        """Answer one request: 401 unless Slack signed it just now, 400 unless it is a payload."""
        if not self._is_genuine(body, timestamp, signature):
            return Reply(200) if _is_ssl_check(body) else Reply(401)
        try:
            answer = dispatch(self._app, read_payload(body, content_type))
        except BadRequest:
            return Reply(400)
        return Reply(answer.status, answer.body or "", answer.first_headers())

    def _is_genuine(self, body: bytes, timestamp: str, signature: str) -> bool:
        if not re.fullmatch(r"[0-9]{1,12}", timestamp, re.ASCII):
            return False
        if abs(self._now().timestamp() - int(timestamp)) > _MAX_AGE:
            return False
        signed = b"v0:" + timestamp.encode() + b":" + body
        expected = "v0=" + hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def read_payload(body: bytes, content_type: str) -> dict[str, Any]:
    """What the body says: a command's form, a button's `payload=`, or an event. Or BadRequest."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("not UTF-8") from error
    if kind == _JSON:
        return _object(text)
    if kind != _FORM:
        raise BadRequest("neither a form nor JSON")
    form = _form(text)
    return _object(form["payload"]) if "payload" in form else form


def _form(text: str) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise BadRequest("no form") from error
    if not pairs:
        raise BadRequest("nothing")
    return _unique(pairs)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadRequest("no JSON") from error
    if not isinstance(value, dict):
        raise BadRequest("no object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest("a key stands twice")
    return found


def _refuse(constant: str) -> None:
    raise BadRequest(constant)


def _is_ssl_check(body: bytes) -> bool:
    """Slack checks certificates with a request that asks for nothing."""
    return len(body) < _MAX_FIELDS and b"ssl_check=1" in body.split(b"&")
