"""list: what is open, and what was closed last."""

from bot.commands._answer import Answer, Call
from bot.commands._tell import line
from bot.core.grammar import Command
from storage.ledger import Ledger

_RECENT = 5


def handle(call: Call, ledger: Ledger) -> Answer:  # noqa: ARG001
    zone = ledger.page.zone
    situation = ledger.situation()
    closed = ledger.changed_last(_RECENT, closed=True)
    told = [line(one, zone) for one in situation.open] or ["No incident is open."]
    if situation.maintenances:
        told += ["", "Maintenance:", *(line(one, zone) for one in situation.maintenances)]
    if closed:
        told += ["", "Closed last:", *(line(one, zone) for one in closed)]
    return Answer("\n".join(told))


COMMAND = Command(
    name="list",
    order=110,
    summary="list the open incidents and the last closed ones",
    args=(),
    example="list",
    handle=handle,
    writes=False,
    aliases=("ls", "incidents"),
)
