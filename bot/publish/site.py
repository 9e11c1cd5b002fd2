"""One snapshot of the ledger, as what each document shows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from bot.core import shown
from bot.core.incident import Incident
from bot.core.maintenance import has_lapsed
from bot.core.page import Component, Page, Situation
from bot.core.status import Indicator, Kind, status_of
from bot.core.views import (
    Day,
    HomePage,
    IncidentPage,
    MonthLink,
    MonthPage,
    PlainPage,
    Story,
)
from bot.publish import words
from bot.publish.renderer import Renderer, built_in
from bot.publish.uptime import Uptime
from storage.archive import Outline
from storage.reader import Reader

_DAY = timedelta(days=1)
_EVER = datetime.min.replace(tzinfo=UTC)

DAYS = 15  # on the home page
API_INCIDENTS = 50


class Site:
    """Everything that documents ask of the ledger. Months are "2013-02", years "2013"."""

    def __init__(self, ledger: Reader, renderer: Renderer | None = None) -> None:
        self._ledger = ledger
        self.renderer = renderer or built_in()
        self._months: dict[str, tuple[Incident, ...]] = {}
        self._incidents: dict[str, Incident] = {}

    @property
    def page(self) -> Page:
        return self._ledger.page

    @cached_property
    def situation(self) -> Situation:
        """What is the case, without what readers would take for still to come."""
        now = self._ledger.situation()
        ahead = tuple(one for one in now.maintenances if not has_lapsed(one, self.as_of))
        return replace(now, maintenances=ahead)

    @cached_property
    def components(self) -> dict[str, Component]:
        return {one.id: one for one in self._ledger.components}

    @cached_property
    def names(self) -> shown.Names:
        return {id_: self.situation.public_name(one) for id_, one in self.components.items()}

    @cached_property
    def uptime(self) -> Uptime:
        return Uptime(self._ledger, self.situation, self.as_of)

    def component(self, slug: str) -> Component:
        """The leaf that responders know by that name. Raises LookupError."""
        for one in self.situation.leaves:
            if one.slug == slug:
                return one
        raise LookupError(slug)

    @property
    def as_of(self) -> datetime:
        """The time of the page's last change: there is one, as nothing is published before it."""
        assert self.page.as_of  # noqa: S101
        return self.page.as_of

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """The newest incidents, and every open one, newest first."""
        return self._newest(Kind.INCIDENT, self.situation.open)

    @cached_property
    def maintenances(self) -> tuple[Incident, ...]:
        """The same for maintenances; what is planned or running is open."""
        return self._newest(Kind.MAINTENANCE, self.situation.maintenances)

    @cached_property
    def withdrawn_maintenances(self) -> tuple[Incident, ...]:
        return self._ledger.newest(Kind.MAINTENANCE, API_INCIDENTS, withdrawn=True)

    def _newest(self, kind: Kind, still_open: Sequence[Incident]) -> tuple[Incident, ...]:
        newest = self._ledger.newest(kind, API_INCIDENTS)
        every = {one.id: one for one in (*newest, *still_open)}
        return tuple(
            sorted(every.values(), key=lambda one: (one.started_at, one.number), reverse=True)
        )

    def incident(self, public_id: str) -> Incident:
        if public_id not in self._incidents:
            found = self._ledger.incident_by_id(public_id)
            if found is None:
                raise LookupError(public_id)
            self._incidents[public_id] = found
        return self._incidents[public_id]

    def incidents_after(self, number: int, limit: int) -> tuple[Incident, ...]:
        """The next incidents by number: to go through all of history."""
        found = self._ledger.incidents_after(number, limit)
        self._incidents.update({one.id: one for one in found})
        return found

    # --- what templates are given

    def home(self) -> HomePage:
        situation = self.situation
        last = self.day(self.as_of)
        first = max(self.begins, last - timedelta(days=DAYS - 1))
        open_stories, maintenances = self._stories(situation.open), self._maintenances()
        told = shown.with_ongoing(self._days(first, last), (*open_stories, *maintenances))
        parts = shown.parts(situation, self.uptime.bars)
        calm = situation.banner.indicator is Indicator.NONE
        return HomePage(
            page=self.page,
            banner=situation.banner,
            status=status_of(situation.banner.indicator),
            headline=self.page.headline if calm else situation.banner.description,
            ducks=shown.ducks(parts, situation.banner),
            open=open_stories,
            maintenances=maintenances,
            parts=parts,
            days=shown.with_quiet(told, first, last),
            earlier=None if told else self._last_day_before(first, open_stories),
        )

    def month(self, key: str) -> MonthPage:
        first = date.fromisoformat(f"{key}-01")
        every = shown.days(
            self.month_incidents(key), self.names, self.page.zone, first, _month_after(first) - _DAY
        )
        return MonthPage(self.page, first, every, self._earlier(first), self._later(first))

    def one(self, public_id: str) -> IncidentPage:
        story = shown.story(self.incident(public_id), self.names)
        return IncidentPage(self.page, words.in_language(story, self.page.language))

    def plain(self) -> PlainPage:
        return PlainPage(self.page)

    # --- what was told last

    def day_at(self, revision: int) -> date | None:
        """The day it was on the page when that revision was made."""
        at = self.told_at(revision)
        return self.day(at) if at else None

    def told_at(self, revision: int) -> datetime | None:
        """When that revision was made; None if there is none."""
        return self._ledger.told_at(revision)

    @cached_property
    def changed_at(self) -> datetime:
        """When an incident or a maintenance last changed; before the first, when the page began."""
        changed_at = self._ledger.last_changed_at() or self._ledger.told_at(1)
        assert changed_at  # noqa: S101 -- nothing is published before the first change
        return changed_at

    def latest_shown(self, limit: int) -> tuple[Incident, ...]:
        """Incidents and maintenances by their newest update, newest first, withdrawn included."""
        return self._ledger.latest_shown(limit)

    def latest_updates(self, limit: int) -> tuple[tuple[Incident, str], ...]:
        """The standing updates shown last, newest first: each one's incident, and its own id."""
        return self._ledger.latest_updates(limit)

    def named_last(self, component_id: str, start: datetime, limit: int) -> tuple[Incident, ...]:
        """Incidents and maintenances that name it, or did; told of since then, or open."""
        ongoing = (*self.situation.open, *self.situation.maintenances)
        found = self._ledger.named_last(component_id, start, limit)
        named = (*found, *(one for one in ongoing if component_id in one.statuses))
        return tuple({one.id: one for one in named}.values())

    # --- months

    def months(self) -> Iterator[str]:
        """Every month that has something, newest first: one question each."""
        moment: datetime | None = self._ledger.last_shown_before(datetime.max.replace(tzinfo=UTC))
        while moment:
            first = self.day(moment).replace(day=1)
            yield f"{first:%Y-%m}"
            moment = self._ledger.last_shown_before(self.midnight(first))

    def has_posts(self, year: str) -> bool:
        """True where something was told in that year."""
        link = self._later(date(int(year) - 1, 12, 1))
        return link is not None and link.first.year == int(year)

    def outlines(self, start: date, end: date) -> tuple[Outline, ...]:
        """Of what was told of from one day to before another, or went on; see storage.archive."""
        return self._ledger.outlines(self.midnight(start), self.midnight(end))

    def month_incidents(self, key: str) -> tuple[Incident, ...]:
        """Those with an update shown in that month."""
        if key not in self._months:
            self._months[key] = self._ledger.shown_between(*self.month_edges(key))
        return self._months[key]

    def month_edges(self, key: str) -> tuple[datetime, datetime]:
        """When the month begins, and when the next one does."""
        first = date.fromisoformat(f"{key}-01")
        return self.midnight(first), self.midnight(_month_after(first))

    def neighbours(self, key: str) -> Sequence[str]:
        """The nearest months before and after that have something."""
        first = date.fromisoformat(f"{key}-01")
        return [link.key for link in (self._earlier(first), self._later(first)) if link]

    def _earlier(self, first: date) -> MonthLink | None:
        return self._month_of(self._ledger.last_shown_before(self.midnight(first)))

    def _later(self, first: date) -> MonthLink | None:
        return self._month_of(self._ledger.first_shown_from(self.midnight(_month_after(first))))

    def _month_of(self, moment: datetime | None) -> MonthLink | None:
        return MonthLink(self.day(moment).replace(day=1)) if moment else None

    # --- days

    @cached_property
    def begins(self) -> date:
        """The page's first day: the ledger's, or an earlier one that it tells of."""
        moments = (self.as_of, self._ledger.told_at(1), self._ledger.first_shown_from(_EVER))
        return min(self.day(one) for one in moments if one)

    def _stories(self, incidents: Iterable[Incident]) -> tuple[Story, ...]:
        return tuple(shown.story(one, self.names) for one in incidents)

    def _maintenances(self) -> tuple[Story, ...]:
        return self._stories(self.situation.maintenances)

    def _days(self, first: date, last: date) -> tuple[Day, ...]:
        within = self._ledger.shown_between(self.midnight(first), self.midnight(last + _DAY))
        return shown.days(within, self.names, self.page.zone, first, last)

    def _last_day_before(self, first: date, stories: Sequence[Story]) -> Day | None:
        moment = self._ledger.last_shown_before(self.midnight(first))
        if moment is None:
            return None
        day = self.day(moment)
        found = shown.with_ongoing(self._days(day, day), stories)
        return found[0]

    def day(self, moment: datetime) -> date:
        """The day it is then, on the page."""
        return moment.astimezone(self.page.zone).date()

    def midnight(self, day: date) -> datetime:
        """When that day begins, on the page."""
        return datetime(day.year, day.month, day.day, tzinfo=self.page.zone)


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
