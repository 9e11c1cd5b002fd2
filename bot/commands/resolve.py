"""resolve: say that it is over; every component it named is operational again."""

from datetime import datetime

from bot.commands._answer import Answer, Call
from bot.commands._args import AT, INCIDENT, TEXT
from bot.commands._say import open_one, say
from bot.core.grammar import Command
from bot.core.status import Phase
from storage.ledger import Telling


def handle(
    call: Call, ledger: Telling, *, incident: int | None, at: datetime | None, text: str
) -> Answer:
    return say(call, ledger, open_one(ledger, incident), Phase.RESOLVED, text, at=at)


COMMAND = Command(
    name="resolve",
    order=60,
    summary="say that it is over; what it named is operational again",
    args=(INCIDENT, AT, TEXT),
    example="resolve #12 We moved to a third database machine, and all is well.",
    handle=handle,
    aliases=("resolved", "fixed", "fix", "close", "closed"),
)
