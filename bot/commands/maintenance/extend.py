"""extend: move a maintenance's end, or before it begins the whole window."""

from datetime import datetime, timedelta

from bot.commands import _answer
from bot.commands._answer import Answer, Call
from bot.commands.maintenance._args import FROM, NUMBER, SENTENCE, UNTIL, WHOLE_LENGTH
from bot.commands.maintenance._say import end_of, planned_one, turned
from bot.core.errors import Refusal
from bot.core.grammar import Command
from bot.core.incident import Incident
from bot.core.maintenance import moved, moved_text, window
from bot.core.page import Page
from bot.words import say
from storage.ledger import Telling


def handle(
    call: Call,
    ledger: Telling,
    *,
    incident: int | None,
    begins: datetime | None,
    ends: datetime | None,
    lasts: timedelta | None,
    text: str | None,
) -> Answer:
    one = planned_one(ledger, incident)
    one.require_open()
    if not (begins or ends or lasts):
        raise Refusal("extend needs a new end.", f"Write: extend #{one.number} until=…")
    was_from, was_until = window(one)
    new_from = begins or was_from
    new = moved(one, new_from, end_of(new_from, ends, lasts) or was_until)
    _require_to_come(window(new)[1], ledger.at)
    told = turned(call, ledger, new, one.phase, text or _new_window(new, ledger.page))
    return _answer.saved(ledger.reschedule(told, one), told.updates[-1])


def _new_window(one: Incident, page: Page) -> str:
    return moved_text(one, page.zone, lambda sentence: say(sentence, page.language))


def _require_to_come(ends: datetime, now: datetime) -> None:
    if ends <= now:
        raise Refusal("that end is past.", "If it is over, say so with: complete")


COMMAND = Command(
    name="extend",
    order=50,
    summary="move its end; before it begins, also its beginning",
    args=(NUMBER, FROM, UNTIL, WHOLE_LENGTH, SENTENCE),
    example="extend #12 until=2026-11-26T02:30 Copying takes longer than we thought.",
    handle=handle,
    aliases=("move", "reschedule"),
)
