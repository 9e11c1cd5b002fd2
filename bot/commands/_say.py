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

_WITH_ARTICLE = {Kind.INCIDENT: "an incident", Kind.MAINTENANCE: "a maintenance"}
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
        display_at=at or not_before(incident, ledger.at),
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
        return numbered(ledger, number, Kind.INCIDENT)
    return only(ledger.situation().open, nothing_open(Kind.INCIDENT))


def shown_one(call: Call, ledger: Ledger, number: int | None) -> Incident:
    """Whatever is meant by `#n`, or without it the only open one of what the call is about."""
    if number is not None:
        return numbered(ledger, number)
    situation = ledger.situation()
    is_incident = call.about is Kind.INCIDENT
    candidates = situation.open if is_incident else situation.maintenances
    return only(candidates, nothing_open(call.about))


def latest_one(call: Call, ledger: Ledger, number: int | None) -> Incident:
    """The same, but without `#n` it is the one changed last, if no other is open."""
    if number is not None:
        return numbered(ledger, number)
    situation = ledger.situation()
    is_incident = call.about is Kind.INCIDENT
    still_open = situation.open if is_incident else situation.maintenances
    changed = ledger.changed_last(1, kind=call.about)
    candidates = {one.id: one for one in (*still_open, *changed)}
    return only(tuple(candidates.values()), _nothing_yet(call.about))


def standing_one(call: Call, ledger: Ledger, number: int | None) -> tuple[Incident, Update]:
    """The same, with its latest standing update: refused where the report was withdrawn."""
    one = latest_one(call, ledger, number)
    one.require_standing()
    return one, one.standing[-1]


def closed_one(ledger: Ledger, number: int | None) -> Incident:
    """The incident meant by `#n`, or without it the only one there is to reopen."""
    if number is not None:
        return numbered(ledger, number, Kind.INCIDENT)
    return only(ledger.changed_last(_CANDIDATES, closed=True), _nothing_yet(Kind.INCIDENT))


def numbered(ledger: Ledger, number: int, kind: Kind | None = None) -> Incident:
    """What people know as `#number`, which somebody typed; it must be of that kind, if given."""
    found = ledger.incident(number)
    if found is None:
        what = kind or Kind.INCIDENT
        raise Refusal(f"there is no {what.value} #{number}.", "See them with: list")
    if kind and found.kind is not kind:
        raise Refusal(
            f"#{number} is {_WITH_ARTICLE[found.kind]}, not {_WITH_ARTICLE[kind]}.",
            f"What can be said of it: duckrow {found.kind.value} help",
        )
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


def nothing_open(kind: Kind) -> Refusal:
    """The refusal where something had to be open."""
    if kind is Kind.INCIDENT:
        return Refusal("no incident is open.", "Open one with: open Title | first public text")
    return Refusal("no maintenance is planned or running.", "Plan one: help schedule")


def _nothing_yet(kind: Kind) -> Refusal:
    return Refusal(f"there is no such {kind.value} yet.", "See them with: list")


def not_before(incident: Incident, now: datetime) -> datetime:
    # Machines' clocks differ a little; what is told later is never shown earlier.
    return max(now, incident.shown_at)
