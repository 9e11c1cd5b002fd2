"""update: say something new, the phase staying as it is."""

from collections.abc import Mapping
from datetime import datetime

from bot.commands._answer import Answer, Call
from bot.commands._args import AT, COMPONENTS, IMPACT, INCIDENT, TEXT
from bot.commands._say import open_one, say
from bot.core.grammar import Command
from bot.core.status import ComponentStatus, Impact
from storage.ledger import Telling


def handle(
    call: Call,
    ledger: Telling,
    *,
    incident: int | None,
    components: Mapping[str, ComponentStatus],
    impact: Impact | None,
    at: datetime | None,
    text: str,
) -> Answer:
    one = open_one(ledger, incident)
    return say(call, ledger, one, one.phase, text, components=components, impact=impact, at=at)


COMMAND = Command(
    name="update",
    order=20,
    summary="say something new about an incident",
    args=(INCIDENT, COMPONENTS, IMPACT, AT, TEXT),
    example="update #12 class=ok Classes are reachable again.",
    handle=handle,
)
