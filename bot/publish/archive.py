"""The archives above the months: a year by its days, and every year there is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from bot.core.status import ComponentStatus, Kind
from bot.core.views import HistoryPage, Mark, MonthLink, Report, YearPage
from bot.publish.site import Site
from storage.archive import Reported

_DAY = timedelta(days=1)


def year(site: Site, key: str) -> YearPage:
    """A year's months, newest first, each with its days and what was told of."""
    firsts = [date(int(key), month, 1) for month in range(1, 13)]
    edges = [site.midnight(first) for first in (*firsts, date(int(key) + 1, 1, 1))]
    reported = site.reported_between(edges)
    marks = _marks(site, {one.id: one for one in reported}.values())
    months = [
        MonthLink(
            first,
            reports=tuple(_report(one) for one in reported if one.span == span),
            days=_days_come(site, first),
            marks=tuple(mark for mark in marks if mark.date.replace(day=1) == first),
        )
        for span, first in enumerate(firsts)
    ]
    return YearPage(site.page, int(key), tuple(one for one in reversed(months) if one.days))


def history(site: Site, _key: str = "") -> HistoryPage:
    """Every month that has something, by year."""
    years: dict[int, list[MonthLink]] = {}
    for key in site.months():
        first = date.fromisoformat(f"{key}-01")
        years.setdefault(first.year, []).append(MonthLink(first))
    slugs = tuple(one.slug for one in site.situation.leaves)
    every = tuple((year, tuple(told)) for year, told in years.items())
    return HistoryPage(site.page, every, slugs)


def _report(one: Reported) -> Report:
    return Report(one.id, one.title, _status(one))


def _status(one: Reported) -> ComponentStatus:
    """What names no component was still something."""
    if one.kind is Kind.MAINTENANCE:
        return ComponentStatus.UNDER_MAINTENANCE
    return max(one.worst, ComponentStatus.DEGRADED_PERFORMANCE)


def _marks(site: Site, reported: Iterable[Reported]) -> Sequence[Mark]:
    told: dict[date, list[Reported]] = defaultdict(list)
    for one in sorted(reported, key=lambda one: one.started_at):
        for day in _days_of(site, one):
            told[day].append(one)
    return [
        Mark(day, max(map(_status, some)), tuple(map(_report, some)))
        for day, some in sorted(told.items())
    ]


def _days_of(site: Site, one: Reported) -> Iterator[date]:
    """The days on which it went on; a maintenance's are those of its window, once it began."""
    last = one.ended_at or site.as_of
    first = max(one.started_at, one.scheduled_for or one.started_at)
    day = site.day(first)
    while day <= site.day(last):
        yield day
        day += _DAY


def _days_come(site: Site, first: date) -> int:
    """How many days of the month had begun."""
    last = min(site.day(site.as_of), _last_of(first))
    return max(0, (last - first).days + 1)


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - _DAY
