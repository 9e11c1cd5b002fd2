"""open: tell the public that something went wrong."""

from collections.abc import Mapping
from datetime import datetime

from bot.commands._answer import Answer, Call, saved
from bot.commands._args import AT, COMPONENTS, IMPACT, TEXT, TITLE
from bot.commands._say import new_update
from bot.core.grammar import Command
from bot.core.ids import new_id
from bot.core.incident import Incident
from bot.core.status import ComponentStatus, Impact, Kind
from storage.ledger import Telling


def handle(
    call: Call,
    ledger: Telling,
    *,
    components: Mapping[str, ComponentStatus],
    impact: Impact | None,
    at: datetime | None,
    title: str,
    text: str,
) -> Answer:
    update = new_update(call, ledger, text, components=components, impact=impact, at=at)
    incident = Incident(
        id=new_id(),
        number=0,
        kind=Kind.INCIDENT,
        title=title,
        channel=call.channel,
        opened_by=call.author,
        created_at=ledger.at,
        updated_at=ledger.at,
        updates=(update,),
    )
    return saved(ledger.open(incident), update)


COMMAND = Command(
    name="open",
    order=10,
    summary="open an incident and publish its first text",
    args=(COMPONENTS, IMPACT, AT, TITLE, TEXT),
    example="open www=down Site Outage | We see errors on the home page and are looking into it.",
    handle=handle,
    aliases=("declare", "new", "create"),
)
