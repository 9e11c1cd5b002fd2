"""list: what is planned or running, and what was over last."""

from bot.commands._answer import Answer, Call
from bot.commands._tell import line
from bot.core.grammar import Command
from storage.ledger import Ledger

_RECENT = 5


def handle(call: Call, ledger: Ledger) -> Answer:
    zone = ledger.page.zone
    coming = ledger.situation().maintenances
    over = ledger.changed_last(_RECENT, kind=call.about, closed=True)
    told = [line(one, zone) for one in coming] or ["No maintenance is planned or running."]
    if over:
        told += ["", "Over:", *(line(one, zone) for one in over)]
    return Answer("\n".join(told))


COMMAND = Command(
    name="list",
    order=110,
    summary="list what is planned or running, and what was over last",
    args=(),
    example="list",
    handle=handle,
    writes=False,
    aliases=("ls",),
)
