"""What the subcommands about maintenances do: find the one that is meant, and say it turned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot import words
from bot.commands import _answer
from bot.commands._answer import Answer, Call
from bot.commands._say import new_update, not_before, nothing_open, numbered, only
from bot.core.errors import Refusal
from bot.core.incident import Incident
from bot.core.maintenance import accepted, text_of
from bot.core.status import Kind, Phase
from storage.ledger import Ledger, Telling


def planned_one(
    ledger: Ledger, number: int | None, may_be: Callable[[Incident], bool] = lambda _: True
) -> Incident:
    """The maintenance meant by `#n`, or without it the only one of which this may be said."""
    if number is not None:
        return numbered(ledger, number, Kind.MAINTENANCE)
    every = ledger.situation().maintenances
    return only(tuple(filter(may_be, every)) or every, nothing_open(Kind.MAINTENANCE))


def is_scheduled(one: Incident) -> bool:
    return one.phase is Phase.SCHEDULED


def is_running(one: Incident) -> bool:
    return one.phase.is_running


def end_of(begins: datetime, ends: datetime | None, lasts: timedelta | None) -> datetime | None:
    """The end of a window, given as a time or as a length; None where neither was given."""
    if ends and lasts:
        raise Refusal("until= and for= both say when it ends.", "Keep one of them.")
    return begins + lasts if lasts else ends


def turned(
    call: Call,
    ledger: Telling,
    one: Incident,
    phase: Phase,
    text: str | None,
    *,
    at: datetime | None = None,
) -> Incident:
    """The maintenance with one more update, not stored yet. Without a text it says the customary
    one.
    """
    update = replace(
        new_update(call, ledger, text or words.say(text_of(one, phase), ledger.page.language)),
        number=len(one.updates) + 1,
        phase=phase,
        display_at=at or not_before(one, ledger.at),
    )
    return accepted(one, update, ledger.page.zone)


def say(
    call: Call,
    ledger: Telling,
    one: Incident,
    phase: Phase,
    text: str | None,
    *,
    at: datetime | None = None,
) -> Answer:
    """Append an update and answer that it is saved."""
    told = turned(call, ledger, one, phase, text, at=at)
    return _answer.saved(ledger.append(told), told.updates[-1])
