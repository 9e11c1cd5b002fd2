"""update: say something new about a maintenance, the phase staying as it is."""

from datetime import datetime

from bot.commands._answer import Answer, Call
from bot.commands._args import AT, TEXT
from bot.commands.maintenance._args import NUMBER
from bot.commands.maintenance._say import planned_one, say
from bot.core.grammar import Command
from storage.ledger import Telling


def handle(
    call: Call, ledger: Telling, *, incident: int | None, at: datetime | None, text: str
) -> Answer:
    one = planned_one(ledger, incident)
    return say(call, ledger, one, one.phase, text, at=at)


COMMAND = Command(
    name="update",
    order=30,
    summary="say something new about a maintenance",
    args=(NUMBER, AT, TEXT),
    example="update #12 Half of the machines are moved.",
    handle=handle,
)
