"""The archives above the months: a year by its days, and every year there is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from bot.core.status import ComponentStatus, Kind
from bot.core.stretches import Stretch, stretches
from bot.core.views import HistoryPage, Mark, MonthLink, Report, YearPage
from bot.publish.site import Site
from storage.archive import Outline

MOST = 30  # reports of a month in a year's page; the month's own page has them all

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


def year(site: Site, key: str) -> YearPage:
    """A year's months, newest first, each with its days and what was told of."""
    first, end = date(int(key), 1, 1), date(int(key) + 1, 1, 1)
    found = site.outlines(first, end)
    told, marks = _by_month(site, found), _marks(site, found, first, end)
    months = (_month(site, date(int(key), month, 1), told, marks) for month in range(12, 0, -1))
    return YearPage(site.page, int(key), tuple(one for one in months if one.begins < one.days))


def history(site: Site, _key: str = "") -> HistoryPage:
    """Every month that has something, by year."""
    years: dict[int, list[MonthLink]] = {}
    for key in site.months():
        first = date.fromisoformat(f"{key}-01")
        years.setdefault(first.year, []).append(MonthLink(first))
    slugs = tuple(one.slug for one in site.situation.leaves)
    every = tuple((year, tuple(told)) for year, told in years.items())
    return HistoryPage(site.page, every, slugs)


def _month(
    site: Site, first: date, told: Mapping[date, Sequence[Outline]], marks: Sequence[Mark]
) -> MonthLink:
    reports = told.get(first, ())
    return MonthLink(
        first,
        reports=tuple(map(_report, reports[:MOST])),
        more=max(0, len(reports) - MOST),
        days=_days_come(site, first),
        begins=max(0, (site.begins - first).days),
        marks=tuple(mark for mark in marks if mark.date.replace(day=1) == first),
    )


def _report(one: Outline) -> Report:
    return Report(one.id, one.title, _status(one))


def _status(one: Outline) -> ComponentStatus:
    """What names no component was still something."""
    if one.kind is Kind.MAINTENANCE:
        return ComponentStatus.UNDER_MAINTENANCE
    return max(one.worst, ComponentStatus.DEGRADED_PERFORMANCE)


def _by_month(site: Site, found: Iterable[Outline]) -> Mapping[date, Sequence[Outline]]:
    """What was told of in each month, by its first day."""
    told: dict[date, list[Outline]] = defaultdict(list)
    for one in found:
        for first in {site.day(at).replace(day=1) for at, _ in one.phases}:
            told[first].append(one)
    return told


def _marks(site: Site, found: Iterable[Outline], first: date, end: date) -> Sequence[Mark]:
    went_on: dict[date, list[Outline]] = defaultdict(list)
    for one in found:
        days = {day for each in stretches(one.phases) for day in _days_of(site, each, first, end)}
        for day in days:
            went_on[day].append(one)
    return [
        Mark(day, max(map(_status, some)), tuple(map(_report, some)))
        for day, some in sorted(went_on.items())
    ]


def _days_of(site: Site, stretch: Stretch, first: date, end: date) -> Iterator[date]:
    """Those of [first, end) that it lies in; one that ends at midnight does not reach the day."""
    last = max(stretch.start, stretch.end - _TICK) if stretch.end else site.as_of
    day = max(first, site.day(stretch.start))
    while day <= site.day(last) and day < end:
        yield day
        day += _DAY


def _days_come(site: Site, first: date) -> int:
    """How many days of the month had begun."""
    last = min(site.day(site.as_of), _last_of(first))
    return max(0, (last - first).days + 1)


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - _DAY
