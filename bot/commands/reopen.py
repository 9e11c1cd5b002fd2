"""reopen: it was not over after all."""

from collections.abc import Mapping

from bot.commands._answer import Answer, Call
from bot.commands._args import COMPONENTS, INCIDENT, TEXT
from bot.commands._say import closed_one, say
from bot.core.grammar import Command
from bot.core.status import ComponentStatus, Phase
from storage.ledger import Telling


def handle(
    call: Call,
    ledger: Telling,
    *,
    incident: int | None,
    components: Mapping[str, ComponentStatus],
    text: str,
) -> Answer:
    one = closed_one(ledger, incident)
    return say(call, ledger, one, Phase.INVESTIGATING, text, components=components, reopening=True)


COMMAND = Command(
    name="reopen",
    order=70,
    summary="say that a resolved incident is back",
    args=(INCIDENT, COMPONENTS, TEXT),
    example="reopen #12 www=degraded The errors are back; we are looking again.",
    handle=handle,
    aliases=("reopened",),
)
