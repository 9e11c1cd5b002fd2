"""start: the work begins now, whatever the plan was."""

from datetime import datetime

from bot.commands._answer import Answer, Call
from bot.commands._args import AT
from bot.commands.maintenance._args import NUMBER, SENTENCE
from bot.commands.maintenance._say import is_scheduled, planned_one, say
from bot.core.errors import Refusal
from bot.core.grammar import Command
from bot.core.maintenance import require_scheduled, window
from bot.core.status import Phase
from storage.ledger import Telling


def handle(
    call: Call, ledger: Telling, *, incident: int | None, at: datetime | None, text: str | None
) -> Answer:
    one = planned_one(ledger, incident, is_scheduled)
    require_scheduled(one, f"Say more with: update #{one.number} …")
    if window(one)[1] <= ledger.at:
        raise Refusal(
            f"the window of maintenance #{one.number} is over.",
            f"Move its end first: extend #{one.number} until=…",
        )
    return say(call, ledger, one, Phase.IN_PROGRESS, text, at=at)


COMMAND = Command(
    name="start",
    order=20,
    summary="say that the work has begun, without waiting for its time",
    args=(NUMBER, AT, SENTENCE),
    example="start #12 We begin a little early.",
    handle=handle,
    aliases=("begin",),
)
