"""cancel: a planned maintenance does not take place."""

from bot.commands._answer import Answer, Call
from bot.commands.maintenance._args import NUMBER, SENTENCE
from bot.commands.maintenance._say import is_scheduled, planned_one, say
from bot.core.grammar import Command
from bot.core.maintenance import require_scheduled
from bot.core.status import Phase
from storage.ledger import Telling


def handle(call: Call, ledger: Telling, *, incident: int | None, text: str | None) -> Answer:
    one = planned_one(ledger, incident, is_scheduled)
    require_scheduled(one, f"End it with: complete #{one.number} …")
    return say(call, ledger, one, Phase.COMPLETED, text)


COMMAND = Command(
    name="cancel",
    order=70,
    summary="call a planned maintenance off",
    args=(NUMBER, SENTENCE),
    example="cancel #12 The new machines are late; we will announce another date.",
    handle=handle,
    aliases=("cancelled", "canceled"),
)
