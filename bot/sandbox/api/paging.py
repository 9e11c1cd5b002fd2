"""Cursors: https://docs.slack.dev/apis/web-api/pagination."""

import base64
import binascii

from bot.sandbox.api.call import LARGEST_PAGE, Call
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.messages import Message


def page(
    call: Call, found: list[Json], key: str, default: int = 100, most: int = LARGEST_PAGE
) -> Json:
    """A part of a list, and how to ask for the next one; raises SlackError."""
    limit = min(call.number("limit", default, LARGEST_PAGE, "invalid_limit"), most)
    start = _read(call.get("cursor"))
    rest = len(found) > start + limit
    return {
        key: found[start : start + limit],
        "response_metadata": {"next_cursor": _write(start + limit) if rest else ""},
    }


def _write(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def _read(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (binascii.Error, ValueError) as wrong:
        raise SlackError("invalid_cursor") from wrong


def within(call: Call, messages: list[Message]) -> list[Message]:
    """Those between `oldest` and `latest`; the two themselves only with `inclusive`."""
    oldest, latest = _ts(call, "oldest", "0"), _ts(call, "latest", "99999999999")
    if call.flag("inclusive"):
        return [each for each in messages if oldest <= _order(each.ts) <= latest]
    return [each for each in messages if oldest < _order(each.ts) < latest]


def _ts(call: Call, name: str, default: str) -> tuple[int, int]:
    try:
        return _order(str(call.get(name) or default))
    except ValueError as wrong:
        raise SlackError(f"invalid_ts_{name}") from wrong


def _order(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds), int(micros.ljust(6, "0") or 0)
