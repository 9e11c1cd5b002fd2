"""schedule: announce a maintenance."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.commands._answer import Answer, Call, saved
from bot.commands._args import TEXT, TITLE
from bot.commands._say import new_update
from bot.commands.maintenance._args import COMPONENTS, FROM, LENGTH, UNTIL
from bot.commands.maintenance._say import end_of
from bot.core.errors import Refusal
from bot.core.grammar import Command
from bot.core.ids import new_id
from bot.core.incident import Incident
from bot.core.maintenance import require_order
from bot.core.status import ComponentStatus, Kind, Phase
from storage.ledger import Telling


def handle(
    call: Call,
    ledger: Telling,
    *,
    components: Mapping[str, ComponentStatus],
    begins: datetime,
    ends: datetime | None,
    lasts: timedelta | None,
    title: str,
    text: str,
) -> Answer:
    first = new_update(call, ledger, text, components=components)
    update = replace(first, phase=Phase.SCHEDULED)
    planned = Incident(
        id=new_id(),
        number=0,
        kind=Kind.MAINTENANCE,
        title=title,
        channel=call.channel,
        opened_by=call.author,
        created_at=ledger.at,
        updated_at=ledger.at,
        updates=(update,),
        scheduled_for=begins,
        scheduled_until=_end(begins, ends, lasts),
    )
    return saved(ledger.open(planned), update)


def _end(begins: datetime, ends: datetime | None, lasts: timedelta | None) -> datetime:
    end = end_of(begins, ends, lasts)
    if end is None:
        raise Refusal("schedule needs an end.", "Add until=2026-11-26T01:00, or for=2h.")
    require_order(begins, end)
    return end


COMMAND = Command(
    name="schedule",
    order=10,
    summary="announce a maintenance; it begins and ends by itself",
    args=(COMPONENTS, replace(FROM, required=True), UNTIL, LENGTH, TITLE, TEXT),
    example="schedule www from=2026-11-25T22:00 until=2026-11-26T01:00 "
    "Moving house | We move to other machines; the home page may be slow.",
    handle=handle,
    aliases=("plan", "announce"),
)
