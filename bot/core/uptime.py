"""How long each part of the service was down, and the share of time that it was not. Pure.

Outages weigh as on Statuspage: a major one all of its time, a partial one three tenths; degraded
performance and maintenance weigh nothing. docs/decisions/0008-uptime.md says why, and what is
not counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise

from bot.core.incident import Incident
from bot.core.page import Component
from bot.core.status import ComponentStatus

WEIGHTS = {
    ComponentStatus.PARTIAL_OUTAGE: Fraction(3, 10),
    ComponentStatus.MAJOR_OUTAGE: Fraction(1),
}
DAY = timedelta(days=1)
_NONE = timedelta(0)
_TICK = timedelta(microseconds=1)
_HUNDREDTHS = 10_000  # of a percent in the whole
_MOST_DAYS = 2048  # of which it is remembered when they begin

Lasted = Mapping[ComponentStatus, timedelta]  # worst first; operational is not told


@dataclass(frozen=True)
class Spell:
    """A stretch of time in which an incident said one thing of a component."""

    component_id: str
    status: ComponentStatus
    start: datetime
    end: datetime
    incident_id: str


def spells(incident: Incident, until: datetime) -> Iterator[Spell]:
    """What it says of components, from when to when, as `Incident.affecting` has it at each time.

    What goes on still goes on until `until`, if only for no time yet. Only trouble is told.
    """
    said: dict[str, ComponentStatus] = {}
    ends = [*(update.display_at for update in incident.standing[1:]), until]
    for update, end in zip(incident.standing, ends, strict=False):
        said |= update.statuses
        is_now = update is incident.standing[-1] and update.display_at == until
        if update.phase.is_running and (update.display_at < end or is_now):
            for component, status in said.items():
                if status is not ComponentStatus.OPERATIONAL:
                    yield Spell(component, status, update.display_at, end, incident.id)


def lasted(spells: Sequence[Spell], start: datetime, end: datetime) -> Lasted:
    """How long each status was the worst that was said, within [start, end)."""
    within = [one for one in spells if one.start < end and start < one.end]
    cuts = {start, end, *(one.start for one in within), *(one.end for one in within)}
    total: dict[ComponentStatus, timedelta] = {}
    for since, until in pairwise(sorted(cut for cut in cuts if start <= cut <= end)):
        said = [one.status for one in within if one.start <= since and until <= one.end]
        if said:
            worst = max(said)
            total[worst] = total.get(worst, _NONE) + (until - since)
    for just_begun in (one.status for one in spells if one.start == one.end):
        total.setdefault(just_begun, _NONE)
    return _worst_first(total)


@dataclass(frozen=True)
class Window:
    """Whole days in one zone; the last may not be over yet."""

    first: date
    last: date
    now: datetime
    zone: tzinfo

    @property
    def length(self) -> int:
        """In days."""
        return (self.last - self.first).days + 1

    @cached_property
    def start(self) -> datetime:
        return _midnight(self.first, self.zone)

    @cached_property
    def end(self) -> datetime:
        return min(_midnight(self.last + DAY, self.zone), self.now)

    def edges(self, day: date) -> tuple[datetime, datetime]:
        """When the day begins, and when it ends or it is now: 23 or 25 hours may lie between."""
        return _midnight(day, self.zone), min(_midnight(day + DAY, self.zone), self.now)

    def days(self, spell: Spell) -> Iterator[date]:
        """Those it lies in."""
        if spell.end < self.start or self.end < spell.start:
            return
        day, end = max(self.first, spell.start.astimezone(self.zone).date()), spell.end
        while day <= self.last and _midnight(day, self.zone) < max(end, spell.start + _TICK):
            yield day
            day += DAY


@dataclass(frozen=True)
class Trouble:
    """A day on which not all was well."""

    date: date
    lasted: Lasted
    incidents: tuple[str, ...]  # ids, in the order in which they began to matter that day

    @property
    def worst(self) -> ComponentStatus:
        return next(iter(self.lasted))


@dataclass(frozen=True)
class Record:
    """What is known of the days of a component, or of a group, in a window."""

    window: Window
    begins: date | None  # from this day on all is known; None: of no day but those of trouble
    troubles: tuple[Trouble, ...]  # oldest first

    @cached_property
    def counted(self) -> timedelta:
        """The time of all days that something is known of."""
        told = (one.date for one in self.troubles)
        earlier = [day for day in told if self.begins is None or day < self.begins]
        of_days = (self.window.edges(day) for day in earlier)
        rest = self.window.end - self.window.edges(self.begins)[0] if self.begins else _NONE
        return sum((end - start for start, end in of_days), rest)

    @cached_property
    def lasted(self) -> Lasted:
        """How long each status was the worst, on all days together."""
        total: dict[ComponentStatus, timedelta] = defaultdict(timedelta)
        for trouble in self.troubles:
            for status, time in trouble.lasted.items():
                total[status] += time
        return _worst_first(total)

    @cached_property
    def share(self) -> Fraction | None:
        """Of the time counted, how much was no outage, in [0, 1]; None where nothing is known.

        An outage that has only just begun counts as an instant, so that it is never all of it.
        A group's is not this, but the mean of its components'.
        """
        if not self.counted:
            return None
        weights = [(WEIGHTS[one], time) for one, time in self.lasted.items() if one in WEIGHTS]
        down = sum((weight * (time // _TICK) for weight, time in weights), Fraction(0))
        if weights and not down:
            down = Fraction(1)
        return 1 - down / (self.counted // _TICK)


def record(begins: date | None, spells: Iterable[Spell], window: Window) -> Record:
    """The days that these spells make: of one component, or of all of a group's."""
    by_day: dict[date, list[Spell]] = defaultdict(list)
    for spell in spells:
        for day in window.days(spell):
            by_day[day].append(spell)
    troubles = (_trouble(day, by_day[day], window) for day in sorted(by_day))
    return Record(window, begins, tuple(one for one in troubles if one.lasted))


def begins(component: Component, window: Window) -> date | None:
    """The first day of the window that all is known of; None if that is yet to come."""
    day = component.start_date or component.created_at.astimezone(window.zone).date()
    return max(day, window.first) if day <= window.last else None


def counting(component: Component, spells: Iterable[Spell], window: Window) -> list[Spell]:
    """Those from its start date on; all, where none was set, as somebody told them on purpose."""
    if component.start_date is None:
        return list(spells)
    start, _ = window.edges(component.start_date)
    return [replace(one, start=max(start, one.start)) for one in spells if one.end > start]


def mean(shares: Iterable[Fraction | None]) -> Fraction | None:
    """Of those that are known: a group's share."""
    known = [share for share in shares if share is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def floored(share: Fraction) -> float:
    """To hundredths of a percent, never upwards: only what was never down is 1."""
    return share * _HUNDREDTHS // 1 / _HUNDREDTHS


def _trouble(day: date, spells: Sequence[Spell], window: Window) -> Trouble:
    ordered = sorted(spells, key=lambda one: (one.start, one.incident_id))
    ids = dict.fromkeys(one.incident_id for one in ordered)
    return Trouble(day, lasted(spells, *window.edges(day)), tuple(ids))


@lru_cache(_MOST_DAYS)
def _midnight(day: date, zone: tzinfo) -> datetime:
    # In UTC: a difference of two local times is one of their clocks.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _worst_first(times: Lasted) -> Lasted:
    return dict(sorted(times.items(), key=lambda each: each[0].severity, reverse=True))
