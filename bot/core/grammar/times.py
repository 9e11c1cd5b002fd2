"""at=: when readers should see that something happened."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from bot.core.errors import Refusal
from bot.core.grammar.declaration import Vocabulary
from bot.core.grammar.guess import shown

_AT = re.compile(
    r"(?:(?P<date>\d{4}-\d\d-\d\d)(?:t|\s+))?"
    r"(?P<hour>\d{1,2})(?P<minutes>:\d\d(?::\d\d)?)\s*"
    r"(?P<offset>z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_MINUTE = "%Y-%m-%dT%H:%M"
_YEARS = range(1970, 9999)  # outside, it is a year mistyped; inside, no zone can overflow it


def read_at(word: str, vocabulary: Vocabulary) -> datetime:
    """The moment, in UTC: HH:MM is today, in the page's zone unless an offset is given.

    An ambiguous time is the earlier. Raises Refusal for one that was skipped or is to come.
    """
    typed = _typed(word, vocabulary)
    moment = typed.astimezone(UTC)
    there = moment.astimezone(typed.tzinfo)
    if there.replace(tzinfo=None) != typed.replace(tzinfo=None):
        raise Refusal(
            f"there was no {typed:%H:%M} on {typed:%Y-%m-%d} in {typed.tzinfo}.",
            f"The clocks went forward: write at={there:{_MINUTE}}.",
        )
    if moment > vocabulary.now:
        raise Refusal(f"{shown(word)} is still to come.", _instead(typed, vocabulary))
    return moment


def _typed(word: str, vocabulary: Vocabulary) -> datetime:
    """As it was typed, with the zone it was meant in."""
    match = _AT.fullmatch(word.strip())
    try:
        typed = _dated(match, vocabulary) if match else None
    except ValueError:  # the 31st of February, or 25:00
        typed = None
    if typed and typed.year in _YEARS:
        return typed
    now = vocabulary.now.astimezone(vocabulary.zone)
    raise Refusal(
        f'"{shown(word)}" is no time.', f"Write at=09:00 for today, or at={now:{_MINUTE}}."
    )


def _dated(match: re.Match[str], vocabulary: Vocabulary) -> datetime:
    zone = _offset(match["offset"]) if match["offset"] else vocabulary.zone
    day = match["date"] or f"{vocabulary.now.astimezone(zone):%Y-%m-%d}"
    clock = f"{match['hour']:0>2}{match['minutes']}"
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


def _offset(typed: str) -> tzinfo | None:
    return datetime.fromisoformat(f"2000-01-01T00:00{typed.upper()}").tzinfo


def _instead(typed: datetime, vocabulary: Vocabulary) -> str:
    now = vocabulary.now.astimezone(typed.tzinfo)
    if typed.date() > now.date():
        return f"It is {now:{_MINUTE}} now ({typed.tzinfo})."
    form = _MINUTE if typed.tzinfo is vocabulary.zone else f"{_MINUTE}%z"
    return f"For yesterday write at={typed - timedelta(days=1):{form}}."
