"""verify: the work is done and is being checked."""

from datetime import datetime

from bot.commands._answer import Answer, Call
from bot.commands._args import AT
from bot.commands.maintenance._args import NUMBER, SENTENCE
from bot.commands.maintenance._say import is_running, planned_one, say
from bot.core.grammar import Command
from bot.core.maintenance import require_running
from bot.core.status import Phase
from storage.ledger import Telling


def handle(
    call: Call, ledger: Telling, *, incident: int | None, at: datetime | None, text: str | None
) -> Answer:
    one = planned_one(ledger, incident, is_running)
    require_running(one)
    return say(call, ledger, one, Phase.VERIFYING, text, at=at)


COMMAND = Command(
    name="verify",
    order=40,
    summary="say that the work is done and is being checked",
    args=(NUMBER, AT, SENTENCE),
    example="verify #12",
    handle=handle,
    aliases=("verifying",),
)
