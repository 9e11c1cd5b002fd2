"""retract: take an incident's latest update off the page."""

from bot.commands._answer import Answer, Call
from bot.commands._args import INCIDENT
from bot.commands._say import standing_one
from bot.core.grammar import Command
from bot.core.incident import Incident
from storage.ledger import Telling


def handle(call: Call, ledger: Telling, *, incident: int | None) -> Answer:
    one, latest = standing_one(call, ledger, incident)
    left = ledger.retract(one, latest)
    update = f"#{one.number}, update {latest.number}"
    return Answer(
        f"Saved: {update} is off the page. {_what_is_left(left)}",
        saved=True,
        subject=f"The retraction of {update}",
    )


def _what_is_left(incident: Incident) -> str:
    if incident.is_withdrawn:
        return "It was the only one, so the whole report is withdrawn."
    return f"The {incident.kind.value} is {incident.state} again."


COMMAND = Command(
    name="retract",
    order=100,
    summary="take the latest update off the page; it stays in the audit",
    args=(INCIDENT,),
    example="retract #12",
    handle=handle,
)
