"""Values out of JSON that anybody may have written: each is what it has to be, or Malformed."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core import ids
from bot.core.errors import Refusal
from bot.core.text import clean, clean_name

Member = TypeVar("Member", bound=Enum)
Value = TypeVar("Value")

_ID = re.compile(ids.SHAPE)
FIRST_YEAR, _LAST_YEAR = 1900, 2200  # that a page of ours tells of


class Malformed(Exception):  # noqa: N818 -- a state of the outside, not a mistake of ours
    """It is not what we would have written; the message says what is wrong with it."""


def parsed(body: bytes) -> Any:
    """The JSON in these bytes."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("it is no JSON") from None


def field(said: Any, key: str) -> Any:
    """What an object says under that key."""
    if not isinstance(said, dict) or key not in said:
        raise Malformed(f"it has no {key}")
    return said[key]


def maybe(read: Callable[[Any, str], Value], said: Any, key: str) -> Value | None:
    """The same, read by `read`; None where the object says null."""
    return None if field(said, key) is None else read(said, key)


def each(said: Any, key: str, most: int) -> list[Any]:
    found = field(said, key)
    if not isinstance(found, list) or len(found) > most:
        raise _odd(key)
    return found


def string(said: Any, key: str) -> str:
    found = field(said, key)
    if not isinstance(found, str):
        raise _odd(key)
    return found


def id_(said: Any, key: str) -> str:
    found = string(said, key)
    if not _ID.fullmatch(found):
        raise _odd(key)
    return found


def name(said: Any, key: str, limit: int) -> str:
    """One line of plain text, as strict as when it is typed."""
    return _typed(lambda: clean_name(string(said, key), limit=limit, what=key))


def text(said: Any, key: str, limit: int) -> str:
    """Several lines of plain text, as strict as when they are typed."""
    return _typed(lambda: clean(string(said, key), limit=limit, what=key))


def number(said: Any, key: str, *, least: int, most: int) -> int:
    found = field(said, key)
    if type(found) is not int or not least <= found <= most:
        raise _odd(key)
    return found


def truth(said: Any, key: str) -> bool:
    found = field(said, key)
    if not isinstance(found, bool):
        raise _odd(key)
    return found


def moment(said: Any, key: str) -> datetime:
    """An aware time, in UTC."""
    try:
        found = datetime.fromisoformat(string(said, key))
        if found.tzinfo is None or not is_imaginable(found):
            raise _odd(key)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _odd(key) from None


def is_imaginable(moment: datetime) -> bool:
    """True of a time that some clock may have told."""
    return FIRST_YEAR <= moment.year <= _LAST_YEAR


def zone(said: Any, key: str) -> str:
    """The name of a time zone."""
    try:
        return ZoneInfo(string(said, key)).key
    except (OSError, ValueError, ZoneInfoNotFoundError):
        raise _odd(key) from None


def day(said: Any, key: str) -> date:
    try:
        return date.fromisoformat(string(said, key))
    except ValueError:
        raise _odd(key) from None


def one_of(kind: type[Member], said: Any, key: str) -> Member:
    """The member of an enumeration."""
    try:
        return kind(string(said, key))
    except ValueError:
        raise _odd(key) from None


def _typed(read: Callable[[], str]) -> str:
    try:
        return read()
    except Refusal as refusal:
        raise Malformed(refusal.problem) from None


def _odd(key: str) -> Malformed:
    return Malformed(f"its {key} is not one of ours")
