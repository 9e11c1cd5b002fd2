"""What most subcommands do: say something new about an incident."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.commands import _answer
from bot.commands._answer import Answer, Ask, Call
from bot.core.errors import Refusal
from bot.core.ids import new_id
from bot.core.incident import Incident, Update
from bot.core.status import ComponentStatus, Impact, Kind, Phase
from storage.ledger import Ledger, Telling

_CANDIDATES = 5  # incidents to choose from: one row of buttons


def say(
    call: Call,
    ledger: Telling,
    incident: Incident,
    phase: Phase,
    text: str,
    *,
    components: Mapping[str, ComponentStatus] | None = None,
    impact: Impact | None = None,
    at: datetime | None = None,
    reopening: bool = False,
) -> Answer:
    """Append an update and answer that it is saved."""
    update = replace(
        new_update(call, ledger, text, components=components, impact=impact),
        number=len(incident.updates) + 1,
        phase=phase,
        display_at=at or _not_before(incident, ledger.at),
    )
    if phase is Phase.RESOLVED:
        update = replace(update, statuses=incident.all_clear())
    told = incident.accept(update, reopening=reopening, zone=ledger.page.zone)
    return _answer.saved(ledger.append(told), update)


def new_update(
    call: Call,
    ledger: Telling,
    text: str,
    *,
    components: Mapping[str, ComponentStatus] | None = None,
    impact: Impact | None = None,
    at: datetime | None = None,
) -> Update:
    """A first update, as `open` tells it."""
    return Update(
        id=new_id(),
        number=1,
        phase=Phase.INVESTIGATING,
        text=text,
        author=call.author,
        created_at=ledger.at,
        display_at=at or ledger.at,
        statuses=_by_id(ledger, components or {}),
        impact=impact,
        revision=ledger.revision,
    )


def open_one(ledger: Ledger, number: int | None) -> Incident:
    """The incident meant by `#n`, or without it the only open one; several: the bot asks."""
    if number is not None:
        return numbered(ledger, number)
    return only(
        ledger.situation().open,
        Refusal("no incident is open.", "Open one with: open Title | first public text"),
    )


def latest_one(ledger: Ledger, number: int | None) -> Incident:
    """The incident meant by `#n`, or without it the one changed last, if no other is open."""
    if number is not None:
        return numbered(ledger, number)
    candidates = {one.id: one for one in (*ledger.situation().open, *ledger.changed_last(1))}
    return only(tuple(candidates.values()), _nothing_yet())


def standing_one(ledger: Ledger, number: int | None) -> tuple[Incident, Update]:
    """The same, with its latest standing update: refused where the report was withdrawn."""
    one = latest_one(ledger, number)
    one.require_standing()
    return one, one.standing[-1]


def closed_one(ledger: Ledger, number: int | None) -> Incident:
    """The incident meant by `#n`, or without it the only one there is to reopen."""
    if number is not None:
        return numbered(ledger, number)
    return only(ledger.changed_last(_CANDIDATES, closed=True), _nothing_yet())


def numbered(ledger: Ledger, number: int) -> Incident:
    """The incident people know as `#number`, which somebody typed."""
    found = ledger.incident(number)
    if found is None or found.kind is not Kind.INCIDENT:
        raise Refusal(f"there is no incident #{number}.", "See them with: list")
    return found


def only(candidates: tuple[Incident, ...], nothing: Refusal) -> Incident:
    """The only candidate. Raises `nothing` if there is none, Ask if there are several."""
    if not candidates:
        raise nothing
    if len(candidates) > 1:
        raise Ask(candidates[:_CANDIDATES])
    return candidates[0]


def _by_id(ledger: Ledger, components: Mapping[str, ComponentStatus]) -> dict[str, ComponentStatus]:
    """What was said of components, by their ids instead of their short names."""
    ids = {component.slug: component.id for component in ledger.components}
    return {ids[slug]: status for slug, status in components.items()}


def _nothing_yet() -> Refusal:
    return Refusal("there is no such incident yet.", "See them with: list")


def _not_before(incident: Incident, now: datetime) -> datetime:
    # Machines' clocks differ a little; what is told later is never shown earlier.
    return max(now, incident.shown_at)
