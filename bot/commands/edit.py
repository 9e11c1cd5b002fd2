"""edit: correct the text of an incident's latest update."""

from bot.commands._answer import Answer, Call
from bot.commands._args import INCIDENT, TEXT
from bot.commands._say import standing_one
from bot.core.grammar import Command
from storage.ledger import Telling


def handle(call: Call, ledger: Telling, *, incident: int | None, text: str) -> Answer:
    one, latest = standing_one(call, ledger, incident)
    ledger.edit(one, latest, text)
    update = f"#{one.number}, update {latest.number}"
    return Answer(
        f"Saved: {update} has its new text.", saved=True, subject=f"The new text of {update}"
    )


COMMAND = Command(
    name="edit",
    order=90,
    summary="correct the text of the latest update",
    args=(INCIDENT, TEXT),
    example="edit #12 The home page is slow; classes are not affected.",
    handle=handle,
)
