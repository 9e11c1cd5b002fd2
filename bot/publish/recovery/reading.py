"""Reading a page back from its target: all of its JSON, or nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core import ids
from bot.core.incident import Incident
from bot.core.page import Component
from bot.core.text.bidi import straight
from bot.publish.documents import SLUG
from bot.publish.marker import Marker
from bot.publish.recovery import page_json, shapes
from bot.publish.recovery.clocks import SKEW
from bot.publish.recovery.page_json import Masthead
from bot.publish.recovery.shapes import Malformed
from bot.publish.targets import Target

_API = "api/v2/"
_OWN = re.compile(rf"api/v2/incidents/({ids.SHAPE})\.json")
_BADGE = re.compile(rf"components/({SLUG})/badge\.json")
_COMPONENTS = f"{_API}components.json"
_LISTS = {
    f"{_API}incidents.json": "incidents",
    f"{_API}incidents/unresolved.json": "incidents",
    f"{_API}scheduled-maintenances.json": "scheduled_maintenances",
    f"{_API}scheduled-maintenances/upcoming.json": "scheduled_maintenances",
    f"{_API}scheduled-maintenances/active.json": "scheduled_maintenances",
}
_MOST_INCIDENTS = 100_000
_AT_ONCE = 16  # reads that wait together


@dataclass(frozen=True)
class Evidence:
    """What the page tells, as far as its JSON tells it."""

    incidents: tuple[Incident, ...]
    components: tuple[Component, ...]  # groups first; without their short names
    masthead: Masthead


def read_page(target: Target, marker: Marker, now: datetime) -> Evidence:
    """Everything that the page's JSON tells. Raises TargetError, Malformed.

    A document of another page, or one that is missing, cut off or not as we write it, is no
    evidence of anything: then nothing is. Its times are as they stand there: of nothing later than
    its marker says it was, or than now.
    """
    if not shapes.is_imaginable(marker.time) or marker.fence > page_json.HIGHEST:
        raise Malformed("its marker is not one of ours")
    found = _Found(marker.page, max(now, marker.time) + SKEW)
    own = [path for path in target.list(f"{_API}incidents/") if _OWN.fullmatch(path)]
    if len(own) > _MOST_INCIDENTS:
        raise Malformed("it has more incidents than any page of ours")
    always = [_COMPONENTS, *_LISTS]
    for path, body in _bodies(target, [*always, *own]):
        if body is not None:
            with _saying_which(path):
                found.take(path, shapes.parsed(body))
        elif path not in _LISTS or marker.revision:
            raise Malformed(f"{path} is missing")
    return found.evidence


def whose(target: Target) -> Masthead | None:
    """The page that stands there, as far as it says so. Raises TargetError."""
    try:
        return page_json.masthead(shapes.parsed(target.read(f"{_API}status.json") or b""))
    except Malformed:
        return None


def slugs(target: Target) -> Mapping[str, str]:
    """Public name -> short name of the components that have a page; what their badges say."""
    paths = {path: match[1] for path in target.list("components/")
             if (match := _BADGE.fullmatch(path))}  # fmt: skip
    named: dict[str, str] = {}
    for path, body in _bodies(target, paths):
        with _saying_which(path):
            named[shapes.string(shapes.parsed(body or b""), "label")] = paths[path]
    return named


def on_badge(public_name: str) -> str:
    """A component's name as its badge has it."""
    return " ".join(straight(public_name).split())


class _Found:
    def __init__(self, page: str, latest: datetime) -> None:
        self._page = page
        self._latest = latest
        self._masthead: Masthead | None = None
        self._incidents: dict[str, Incident] = {}
        self._components: dict[str, Component] = {}

    @property
    def evidence(self) -> Evidence:
        components = sorted(self._components.values(), key=lambda one: not one.is_group)
        incidents = sorted(self._incidents.values(), key=lambda one: one.number)
        ids = [update.id for one in incidents for update in one.updates]
        if len(set(ids)) != len(ids):
            raise Malformed("it tells an update of two incidents")
        assert self._masthead  # noqa: S101 -- no page is read without its components
        return Evidence(tuple(incidents), tuple(components), self._masthead)

    def take(self, path: str, said: Any) -> None:
        """What a document tells; of two versions of an incident the newer counts.

        Its own file comes last, and counts where both are as new.
        """
        if page_json.page_id(said) != self._page:
            raise Malformed("it is of another page")
        for one in self._told(path, said):
            incident = page_json.incident(one, self._latest)
            before = self._incidents.get(incident.id)
            if before is None or before.revision <= incident.revision:
                self._incidents[incident.id] = incident
            self._keep(page_json.components(one))
        if path == _COMPONENTS:
            self._masthead = page_json.masthead(said)
            self._keep(page_json.components(said))

    def _told(self, path: str, said: Any) -> list[Any]:
        if path in _LISTS:
            return shapes.each(said, _LISTS[path], _MOST_INCIDENTS)
        match = _OWN.fullmatch(path)
        if match is None:
            return []
        if shapes.id_(shapes.field(said, "incident"), "id") != match[1]:
            raise Malformed("it is of another incident")
        return [said["incident"]]

    def _keep(self, components: Iterable[Component]) -> None:
        for one in components:
            self._components.setdefault(one.id, one)


def _bodies(target: Target, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    paths = list(paths)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from zip(paths, pool.map(target.read, paths), strict=True)


@contextmanager
def _saying_which(path: str) -> Iterator[None]:
    try:
        yield
    except Malformed as malformed:
        raise Malformed(f"{path}: {malformed}") from None
