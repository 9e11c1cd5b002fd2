"""Uptime of one snapshot: bars of ninety days, and a component's page with its two years."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property

from bot.core import bars
from bot.core.bars import Bar, ComponentMonth, ComponentPage, Episode, Related
from bot.core.incident import Incident
from bot.core.page import Component, Page, Situation
from bot.core.uptime import Record, Spell, Window, begins, counting, mean, record, spells
from storage.reader import Reader

DAYS = 90
MONTHS = 24
MOST = 30  # incidents of a month in a component's page; the month's own page has them all
_LONGEST_MONTH = 31


class Uptime:
    """What a snapshot says of the past of its components."""

    def __init__(self, ledger: Reader, situation: Situation, as_of: datetime) -> None:
        self._ledger = ledger
        self._situation = situation
        self._as_of = as_of

    @property
    def _page(self) -> Page:
        return self._ledger.page

    @cached_property
    def _today(self) -> date:
        return self._as_of.astimezone(self._page.zone).date()

    @cached_property
    def window(self) -> Window:
        """The last ninety days."""
        return self._window(self._today - timedelta(days=DAYS - 1), self._today)

    @cached_property
    def related(self) -> Mapping[str, Related]:
        """Incident id -> what bars say of it."""
        return _related(self._lived)

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """Component id -> the last ninety days."""
        return {
            one.id: record(begins(one, self.window), self._spells[one.id], self.window)
            for one in self._situation.leaves
        }

    @cached_property
    def bars(self) -> Mapping[str, Bar]:
        """Component or group id -> the last ninety days."""
        leaves = {
            id_: bars.bar(one, self.related, one.share, DAYS) for id_, one in self.records.items()
        }
        return leaves | {group.id: self._group(group) for group in self._situation.groups}

    def component(self, one: Component) -> ComponentPage:
        """All of a component's page; its incidents are read for it alone."""
        groups = (group.name for group in self._situation.groups if group.id == one.group_id)
        planned = [each for each in self._situation.maintenances if not each.phase.is_running]
        return ComponentPage(
            page=self._page,
            slug=one.slug,
            name=one.name,
            group=next(groups, ""),
            description=one.description,
            status=self._situation.statuses[one.id],
            share=self.bars[one.id].share,
            months=tuple(self._months(one)),
            coming=tuple(_related(each for each in planned if one.id in each.statuses).values()),
        )

    @cached_property
    def _lived(self) -> tuple[Incident, ...]:
        """What was told of in the last ninety days, and what is open."""
        return self._with_open(self._ledger.shown_since(self.window.start))

    @cached_property
    def _spells(self) -> Mapping[str, list[Spell]]:
        """Component id -> its spells, as far as they count."""
        told: dict[str, list[Spell]] = {one.id: [] for one in self._situation.leaves}
        for spell in _every_spell(self._lived, self._as_of):
            if spell.component_id in told:  # the situation, too, is of leaves alone
                told[spell.component_id].append(spell)
        return {one.id: counting(one, told[one.id], self.window) for one in self._situation.leaves}

    def _group(self, group: Component) -> Bar:
        """At each time as bad as the worst in it; its share is the mean of theirs."""
        within = [one.id for one in self._situation.children(group)]
        records = [self.records[id_] for id_ in within]
        known_from = min((one.begins for one in records if one.begins), default=None)
        together = [spell for id_ in within for spell in self._spells[id_]]
        share = mean(one.share for one in records)
        return bars.bar(record(known_from, together, self.window), self.related, share, DAYS)

    # --- a component's page

    def _months(self, one: Component) -> Iterator[ComponentMonth]:
        """Newest first."""
        firsts = [_months_before(self._today, count) for count in range(MONTHS)]
        start = self._window(firsts[-1], self._today).start
        naming = [
            each
            for each in self._with_open(self._ledger.shown_since(start, one.id))
            if one.id in each.statuses
        ]
        related = _related(naming)
        own = {each.id: list(self._own(each, one)) for each in naming}
        told = [spell for each in own.values() for spell in each]
        lived = [(each, own[each.id] or bars.mention(each, one.id)) for each in naming]
        for first in firsts:
            last = min(_months_before(first, -1) - timedelta(days=1), self._today)
            window = self._window(first, last)
            kept = record(begins(one, window), counting(one, told, window), window)
            episodes = _episodes(lived, window)
            month = ComponentMonth(
                first=first,
                bar=bars.bar(kept, related, kept.share, _LONGEST_MONTH),
                episodes=tuple(episodes[:MOST]),
                more=max(0, len(episodes) - MOST),
            )
            if month.bar.share is not None:
                yield month

    def _own(self, incident: Incident, one: Component) -> Iterator[Spell]:
        return (each for each in spells(incident, self._as_of) if each.component_id == one.id)

    # --- all of it

    def _window(self, first: date, last: date) -> Window:
        return Window(first, last, self._as_of, self._page.zone)

    def _with_open(self, some: Iterable[Incident]) -> tuple[Incident, ...]:
        """Newest first, each once."""
        every = (*self._situation.open, *self._situation.maintenances, *some)
        unique = {one.id: one for one in every}.values()
        return tuple(sorted(unique, key=lambda one: (one.started_at, one.number), reverse=True))


def _every_spell(incidents: Iterable[Incident], until: datetime) -> Iterator[Spell]:
    return (spell for one in incidents for spell in spells(one, until))


def _episodes(lived: Iterable[tuple[Incident, list[Spell]]], window: Window) -> list[Episode]:
    """Those of which a day of the window has a part, newest first."""
    within = (
        bars.episode(incident, own)
        for incident, own in lived
        if any(day for each in own for day in window.days(each))
    )
    return sorted(within, key=lambda one: one.began_at, reverse=True)


def _related(incidents: Iterable[Incident]) -> Mapping[str, Related]:
    return {one.id: Related(one.id, one.title) for one in incidents}


def _months_before(day: date, count: int) -> date:
    """The first of the month so many months before the day's."""
    years, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(years, month + 1, 1)
