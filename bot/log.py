"""Logs: one line per event, readable or JSON, and nothing in it that must stay secret.

Write `logging.getLogger(__name__).info("page published", extra={"revision": 48})`: the message
names the event, `extra` says the rest.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

HIDDEN = "[hidden]"
LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("text", "json")

# Shorter ones would blot out ordinary words, and guard nothing.
SHORTEST_SECRET = 6

# What is secret by its look, wherever it stands. Group 1 stays, the rest is hidden.
SECRET_LOOKS = {
    "a token of Slack": r"()\b(?:xox[a-z]|xapp|xwfp|xoxe\.xox[bp])-[\w.-]+",
    "a password in an address": r"(\b[a-z][\w+.-]*://[^\s:/@'\"]*:)[^\s/'\"]+(?=@)",
    "a response_url, with which anybody may post": r"(https?://hooks\.[^\s/'\"]+/)[^\s'\"<>)]+",
    "another Slack's response_url": r"(response_url['\"]?\s*[:=]\s*['\"]?)[^\s'\",}]+",
    "a ticket or signature": r"([?&](?:ticket|token|signature|x-amz-[a-z-]+)=)[^\s&'\"]+",
    "a request's signature": r"()\bv0=[0-9a-f]{64}\b",
    "an authorization": r"(\bBearer )[^\s'\"]+",
    "the values of a failed statement": r"(\[parameters: )(?:.|\n)*?\](?=\n|$)",
}
PATTERNS = [re.compile(look) for look in SECRET_LOOKS.values()]

# Fields whose value nobody needs in a log: secrets, and what people wrote.
HIDDEN_FIELDS = frozenset(
    {
        "authorization",
        "body",
        "headers",
        "password",
        "payload",
        "response_url",
        "signing_secret",
        "text",
        "token",
    }
)

# Libraries that write addresses, statements or whole bodies below WARNING. A filter stops them and
# no level: Bolt sets its loggers' levels by itself.
TAMED = (
    "alembic",
    "slack_bolt",
    "slack_sdk",
    "httpx",
    "httpcore",
    "sqlalchemy",
    "urllib3",
    "werkzeug",
)
SLACK = ("slack_bolt", "slack_sdk")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


@dataclass(frozen=True)
class Redactor:
    """Hides what looks secret, and the secrets it was told."""

    secrets: frozenset[str] = frozenset()

    def __call__(self, text: str) -> str:
        """The text without its secrets."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            if len(secret) >= SHORTEST_SECRET:
                text = text.replace(secret, HIDDEN)
        for pattern in PATTERNS:
            text = pattern.sub(rf"\1{HIDDEN}", text)
        return text

    def value(self, name: str, value: Any) -> Any:
        """A field's value, whole structures included, as JSON can hold it."""
        if name.lower() in HIDDEN_FIELDS:
            return HIDDEN
        if isinstance(value, Mapping):
            return {str(key): self.value(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value("", inner) for inner in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self(str(value))


class _Formatter(logging.Formatter):
    """What every line has in common; redaction stands here, last, where nothing gets around it."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self.redact = redact

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        extra = {name: value for name, value in vars(record).items() if name not in STANDARD}
        return {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": self.redact(_message(record)),
            **{name: self.redact.value(name, value) for name, value in extra.items()},
        }

    def trace(self, record: logging.LogRecord) -> str:
        if not record.exc_info or record.exc_info[0] is None:
            return ""
        return self.redact("".join(traceback.format_exception(*record.exc_info))).rstrip()


class JsonFormatter(_Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback is its field `trace`."""
        trace = self.trace(record)
        facts = self.facts(record) | ({"trace": trace} if trace else {})
        return json.dumps(facts)


class TextFormatter(_Formatter):
    """One readable line, and a traceback's lines under it."""

    def format(self, record: logging.LogRecord) -> str:
        """`2013-02-22T09:00:00.000+00:00 info bot.publish: page published revision=48`."""
        facts = self.facts(record)
        time, level, logger, event = (
            facts.pop(name) for name in ("time", "level", "logger", "event")
        )
        line = f"{time} {level} {logger}: {_plain(event)}"
        line += "".join(f" {name}={_quoted(value)}" for name, value in facts.items())
        return "\n".join([line, *map(_inside, self.trace(record).split("\n"))]).rstrip()


def _message(record: logging.LogRecord) -> str:
    """The message; Slack's libraries append bodies to theirs, after a brace or on further lines."""
    message = record.getMessage()
    if record.name.split(".")[0] in SLACK:
        return re.split(r"[{\n]", message.strip(), maxsplit=1)[0].rstrip(" (:")
    return message


def _plain(text: str) -> str:
    """One line, whatever somebody put into it: nobody forges a second event."""
    return text if text.isprintable() else json.dumps(text)[1:-1]


def _inside(line: str) -> str:
    """A traceback's line: indented, as an exception may quote what somebody typed, newlines too."""
    return f"    {_plain(line)}"


def _quoted(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[^\s\"'=]+", value) and value.isprintable():
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def configure(
    level: str = "info",
    style: str = "text",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Log to `stream` (stderr) from now on; `secrets` never appear, whoever writes them."""
    formatter = {"text": TextFormatter, "json": JsonFormatter}[style]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter(Redactor(frozenset(secrets))))
    handler.addFilter(_is_wanted)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def _is_wanted(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.split(".")[0] not in TAMED
