"""What pages show of uptime, as frozen values for templates. bot.core.uptime does the sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from bot.core.incident import Incident
from bot.core.page import Page, says
from bot.core.status import ComponentStatus, Kind
from bot.core.uptime import Record, Spell, Trouble, floored


@dataclass(frozen=True)
class Related:
    """An incident or a maintenance that had to do with it."""

    id: str = field(metadata=says("Its page is incidents/<id>/"))
    title: str = field(metadata=says("As typed"))


@dataclass(frozen=True)
class BadDay:
    """A day of a bar on which not all was well."""

    at: int = field(metadata=says("Its place in the bar, from 0"))
    date: "date" = field(metadata=says("In the page's zone"))
    status: ComponentStatus = field(metadata=says("The worst of the day"))
    lasted: tuple[tuple[ComponentStatus, timedelta], ...] = field(
        metadata=says("How long each status was the worst, worst first")
    )
    related: tuple[Related, ...] = field(metadata=says("In the order they began to matter"))

    @property
    def month(self) -> str:
        """Its anchor on the component's page."""
        return f"{self.date:%Y-%m}"


@dataclass(frozen=True)
class Bar:
    """Days in a row, oldest first. Those that are not told were quiet."""

    share: float | None = field(
        metadata=says("Of the time, how much was no outage, 0 to 1; None where nothing is known")
    )
    length: int = field(metadata=says("How many days it has room for"))
    begins: int = field(metadata=says("The place of the first day that all is known of"))
    ends: int = field(metadata=says("The place behind the last day that has come"))
    days: tuple[BadDay, ...] = field(metadata=says("Oldest first"))


@dataclass(frozen=True)
class Episode:
    """An incident or a maintenance, as a component's page lists it."""

    id: str = field(metadata=says("Its page is incidents/<id>/"))
    title: str = field(metadata=says("As typed"))
    status: ComponentStatus = field(metadata=says("The worst it said of this component"))
    began_at: datetime = field(metadata=says("When this component's trouble began"))
    ended_at: datetime | None = field(
        metadata=says("When this component's was over; None while it goes on, or was a moment's")
    )
    lasted: timedelta = field(metadata=says("How long this component was not well"))


@dataclass(frozen=True)
class ComponentMonth:
    """A month of a component."""

    first: date = field(metadata=says("The first of the month"))
    bar: Bar = field(metadata=says("Its days, with room for 31"))
    episodes: tuple[Episode, ...] = field(metadata=says("Newest first"))
    more: int = field(metadata=says("How many of them the month's own page has beyond those"))

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class ComponentPage:
    """`/components/<short name>/`: one component's last two years."""

    page: Page = field(metadata=says("The page, as of one revision"))
    slug: str = field(metadata=says("What responders type, and its place in addresses"))
    name: str = field(metadata=says("Its name within its group"))
    group: str = field(metadata=says("The name of its group, or nothing"))
    description: str = field(metadata=says("A line about it, or nothing"))
    status: ComponentStatus = field(metadata=says("The worst that anything open says of it"))
    share: float | None = field(metadata=says("Of the last ninety days, as on the home page"))
    months: tuple[ComponentMonth, ...] = field(
        metadata=says("Newest first, without those that nothing is known of")
    )
    coming: tuple[Related, ...] = field(metadata=says("Planned maintenances, soonest first"))


def bar(record: Record, related: Mapping[str, Related], share: Fraction | None, room: int) -> Bar:
    """A record as a bar with room for so many days."""
    window = record.window
    begins = (record.begins - window.first).days if record.begins else window.length
    return Bar(
        share=None if share is None else floored(share),
        length=room,
        begins=begins,
        ends=window.length,
        days=tuple(_bad_day(one, window.first, related) for one in record.troubles),
    )


def _bad_day(trouble: Trouble, first: date, related: Mapping[str, Related]) -> BadDay:
    return BadDay(
        at=(trouble.date - first).days,
        date=trouble.date,
        status=trouble.worst,
        lasted=tuple(trouble.lasted.items()),
        related=tuple(related[id_] for id_ in trouble.incidents),
    )


def episode(incident: Incident, own: Sequence[Spell]) -> Episode:
    """An incident as one component knows it: by the spells that are its own, oldest first."""
    first, last = own[0], own[-1]
    now = incident.affecting.get(first.component_id, ComponentStatus.OPERATIONAL)
    is_over = now is ComponentStatus.OPERATIONAL and first.start < last.end
    return Episode(
        id=incident.id,
        title=incident.title,
        status=max(one.status for one in own),
        began_at=first.start,
        ended_at=last.end if is_over else None,
        lasted=sum((one.end - one.start for one in own), timedelta(0)),
    )


def mention(incident: Incident, component_id: str) -> list[Spell]:
    """The moment it named a component that it had no trouble for; none before it began."""
    began = incident.began_at if incident.kind is Kind.MAINTENANCE else incident.started_at
    naming = [update for update in incident.standing if component_id in update.statuses]
    if began is None or not naming:
        return []
    at = max(began, naming[0].display_at)
    worst = max(update.statuses[component_id] for update in naming)
    return [Spell(component_id, worst, at, at, incident.id)]
