"""show: one incident as readers see it now."""

from bot.commands._answer import Answer, Call
from bot.commands._args import INCIDENT
from bot.commands._say import shown_one
from bot.commands._tell import line, moment, permalink
from bot.core.grammar import Command
from bot.core.incident import Incident
from bot.core.text import to_slack
from storage.ledger import Ledger


def handle(call: Call, ledger: Ledger, *, incident: int | None) -> Answer:
    one = shown_one(call, ledger, incident)
    told = [line(one, ledger.page.zone), *_components(one, ledger)]
    if one.standing:
        latest = one.standing[-1]
        told += [f"Update {latest.number}, {moment(latest.display_at, ledger.page.zone)}:"]
        told += [to_slack(latest.text)]
    else:
        told += ["The report was withdrawn."]
    return Answer("\n".join([*told, permalink(ledger.page, one)]))


def _components(incident: Incident, ledger: Ledger) -> list[str]:
    names = {component.id: component.slug for component in ledger.components}
    said = [
        f"{names[component]}: {status.label.lower()}"
        for component, status in incident.statuses.items()
    ]
    return [", ".join(said)] if said else []


COMMAND = Command(
    name="show",
    order=120,
    summary="show one incident as readers see it",
    args=(INCIDENT,),
    example="show #12",
    handle=handle,
    writes=False,
)
