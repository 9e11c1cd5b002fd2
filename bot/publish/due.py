"""Which documents are due follows from what was told, and from nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from bot.core.incident import Incident
from bot.core.stretches import stretches
from bot.publish.documents import DOCUMENTS, Document, When
from bot.publish.site import Site
from storage.reader import Told


@dataclass(frozen=True)
class Due:
    """A document that has to be rendered."""

    document: Document
    key: str = ""

    @property
    def path(self) -> str:
        return self.document.path_of(self.key)


def due_since(site: Site, told: Told, base: int) -> list[Due]:
    """What changes after revision `base` touched; every change but one of the page itself."""
    months = set(told.months)
    new = {month for month in months if _is_new(site, month, base)}
    for month in new:
        months.update(site.neighbours(month))
    in_progress = (*site.situation.open, *site.situation.maintenances)
    components = _components(site, told, base)
    years = _years(site, told, base) | _silent_years(site, told, base) | _first_years(site, told)
    keys = {
        When.ALWAYS: [""],
        When.INCIDENT: told.incidents,
        When.OPEN_INCIDENT: told.incidents | {one.id for one in in_progress},
        When.COMPONENT: components,
        When.OPEN_COMPONENT: components | _affected(site, in_progress),
        When.MONTH: months,
        When.YEAR: years,
        When.ARCHIVE: [""] if new else [],
    }
    return list(_every(keys))


def due_incidents(ids: Iterable[str]) -> list[Due]:
    """All that is an incident's own."""
    ids = list(ids)
    return list(_every({When.INCIDENT: ids, When.OPEN_INCIDENT: ids}))


def due_components(slugs: Iterable[str]) -> list[Due]:
    """All that is a component's own."""
    slugs = list(slugs)
    return list(_every({When.COMPONENT: slugs, When.OPEN_COMPONENT: slugs}))


def due_months(months: Iterable[str]) -> list[Due]:
    return list(_every({When.MONTH: months}))


def due_years(years: Iterable[str]) -> list[Due]:
    return list(_every({When.YEAR: years}))


def due_once() -> list[Due]:
    """What stands there once, whatever happened."""
    return list(_every({When.ALWAYS: [""], When.ARCHIVE: [""], When.SETTINGS: [""]}))


def _every(keys: Mapping[When, Iterable[str]]) -> Iterator[Due]:
    for document in DOCUMENTS:
        for key in sorted(keys.get(document.when, ())):
            yield Due(document, key)


def _years(site: Site, told: Told, base: int) -> set[str]:
    """Those of what was touched; once a day has turned, all that had days since the last one."""
    years = {month[:4] for month in told.months}
    before, now = site.day_at(base), site.day(site.as_of)
    if before == now:
        return years
    since = str((before or now).year)
    return years | set(takewhile(lambda year: year >= since, (each[:4] for each in site.months())))


def _silent_years(site: Site, told: Told, base: int) -> set[str]:
    """Those in which something touched went on without a word: as told now, or at `base`."""
    then = site.told_at(base)
    touched = [site.incident(one) for one in told.incidents]
    every = [one.standing for one in touched]
    if then:
        every += [tuple(each for each in one.updates if each.stood_at(then)) for one in touched]
    years = {
        str(year)
        for updates in every
        for one in stretches((each.display_at, each.phase) for each in updates)
        for year in range(site.day(one.start).year, site.day(one.end or site.as_of).year + 1)
    }
    return {year for year in years if site.has_posts(year)}


def _first_years(site: Site, told: Told) -> set[str]:
    """Those that the page may have begun in, or may begin in now: they show what was before."""
    first = min(told.months, default="")
    if not first or first > f"{site.begins:%Y-%m}":
        return set()
    ledgers_own = site.day_at(1) or site.day(site.as_of)
    years = map(str, range(int(first[:4]), ledgers_own.year + 1))
    return {year for year in years if site.has_posts(year)}


def _components(site: Site, told: Told, base: int) -> set[str]:
    """Those that what was touched names, or named; all of them once a day has turned."""
    leaves = {one.id: one.slug for one in site.situation.leaves}
    if site.day_at(base) != site.day(site.as_of):
        return set(leaves.values())
    touched = [site.incident(one) for one in told.incidents]
    named = {id_ for one in touched for update in one.updates for id_ in update.statuses}
    return {leaves[id_] for id_ in named if id_ in leaves}


def _affected(site: Site, in_progress: Iterable[Incident]) -> set[str]:
    """Those whose trouble grows with every moment."""
    ids = {id_ for one in in_progress for id_ in one.affecting}
    return {one.slug for one in site.situation.leaves if one.id in ids}


def _is_new(site: Site, month: str, base: int) -> bool:
    """True unless something stands in it that stood there at `base`: then its neighbours know.

    A month that lost its last post is as new, and so may be one whose posts were all edited.
    """
    start, end = site.month_edges(month)
    return not any(
        update.revision <= base and start <= update.display_at < end
        for incident in site.month_incidents(month)
        for update in incident.standing
    )
