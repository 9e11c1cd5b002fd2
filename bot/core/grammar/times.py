"""at=, from= and until=: when something happened, or will."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from bot.core.errors import Refusal
from bot.core.grammar.declaration import Vocabulary
from bot.core.grammar.guess import fold, shown

_AT = re.compile(
    r"(?:(?P<date>\d{4}-\d\d-\d\d)(?:t|\s+))?"
    r"(?P<hour>\d{1,2})(?P<minutes>:\d\d(?::\d\d)?)\s*"
    r"(?P<offset>z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_MINUTE = "%Y-%m-%dT%H:%M"
_DAY = timedelta(days=1)
_YEARS = range(1970, 9999)  # outside, it is a year mistyped; inside, no zone can overflow it


def read_at(word: str, vocabulary: Vocabulary) -> datetime:
    """The moment, in UTC: HH:MM is today, in the page's zone unless an offset is given.

    An ambiguous time is the earlier. Raises Refusal for one that was skipped or is to come.
    """
    typed = _typed("at", word, vocabulary)
    moment = typed.astimezone(UTC)
    there = moment.astimezone(typed.tzinfo)
    if _was_skipped(typed, there):
        raise Refusal(
            f"there was no {typed:%H:%M} on {typed:%Y-%m-%d} in {typed.tzinfo}.",
            f"The clocks went forward: write at={there:{_MINUTE}}.",
        )
    if moment > vocabulary.now:
        raise Refusal(f"{shown(word)} is still to come.", _instead("at", typed, vocabulary, -_DAY))
    return moment


def read_coming(name: str, word: str, vocabulary: Vocabulary) -> datetime:
    """The moment, in UTC, of from= or until=; "now" is the present.

    An ambiguous time is the earlier. Raises Refusal for one that is skipped or is past.
    """
    if fold(word) == "now":
        return vocabulary.now.replace(microsecond=vocabulary.now.microsecond // 1000 * 1000)
    typed = _typed(name, word, vocabulary)
    moment = typed.astimezone(UTC)
    there = moment.astimezone(typed.tzinfo)
    if _was_skipped(typed, there):
        raise Refusal(
            f"there is no {typed:%H:%M} on {typed:%Y-%m-%d} in {typed.tzinfo}.",
            f"The clocks go forward: write {name}={there:{_MINUTE}}.",
        )
    if moment < vocabulary.now:
        raise Refusal(f"{shown(word)} is past.", _instead(name, typed, vocabulary, _DAY))
    return moment


def _was_skipped(typed: datetime, there: datetime) -> bool:
    return there.replace(tzinfo=None) != typed.replace(tzinfo=None)


def _typed(name: str, word: str, vocabulary: Vocabulary) -> datetime:
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
        f'"{shown(word)}" is no time.',
        f"Write {name}=09:00 for today, or {name}={now:{_MINUTE}}.",
    )


def _dated(match: re.Match[str], vocabulary: Vocabulary) -> datetime:
    zone = _offset(match["offset"]) if match["offset"] else vocabulary.zone
    day = match["date"] or f"{vocabulary.now.astimezone(zone):%Y-%m-%d}"
    clock = f"{match['hour']:0>2}{match['minutes']}"
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


def _offset(typed: str) -> tzinfo | None:
    return datetime.fromisoformat(f"2000-01-01T00:00{typed.upper()}").tzinfo


def _instead(name: str, typed: datetime, vocabulary: Vocabulary, nearest: timedelta) -> str:
    now = vocabulary.now.astimezone(typed.tzinfo)
    if typed.date() != now.date():
        return f"It is {now:{_MINUTE}} now ({typed.tzinfo})."
    form = _MINUTE if typed.tzinfo is vocabulary.zone else f"{_MINUTE}%z"
    day = "tomorrow" if nearest > timedelta() else "yesterday"
    return f"For {day} write {name}={typed + nearest:{form}}."
