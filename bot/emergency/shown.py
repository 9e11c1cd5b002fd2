"""What a target shows, read back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from bot.core.errors import Refusal
from bot.core.incident import Incident, Update
from bot.core.page import Component
from bot.publish import TargetError
from bot.publish.marker import Marker
from bot.publish.recovery import (
    Evidence,
    Malformed,
    is_ahead,
    not_after,
    read_page,
    slugs,
    time_of,
    with_slugs,
)
from bot.publish.targets import Target


@dataclass(frozen=True)
class Shown:
    """A target and all that its JSON tells."""

    target: Target
    marker: Marker
    at: datetime  # of what it shows, as far as its clock can be believed
    evidence: Evidence
    components: tuple[Component, ...]

    @cached_property
    def incidents(self) -> Mapping[str, Incident]:
        return {one.id: one for one in self.evidence.incidents}

    @property
    def told(self) -> tuple[Incident, ...]:
        """Its incidents, as a ledger has them that told just this."""
        return tuple(_as_told(one) for one in self.evidence.incidents)

    def with_incident(self, one: Incident) -> "Shown":
        """The same where it tells of this incident, too, and all that another target does."""
        others = tuple(each for each in self.evidence.incidents if each.id != one.id)
        revision = min(one.revision, self.marker.revision)
        here = replace(one, updates=tuple(self._told(one)), revision=revision)
        return replace(self, evidence=replace(self.evidence, incidents=(*others, here)))

    def _told(self, one: Incident) -> Iterator[Update]:
        """What either target told in it; of components only those that are known here."""
        ours = self.incidents.get(one.id, one)
        told = {each.id: each for each in (*ours.updates, *one.updates)}
        known = {each.id for each in self.components}
        in_time = sorted(told.values(), key=lambda each: (each.display_at, each.created_at))
        for number, each in enumerate(in_time, start=1):
            statuses = {id_: status for id_, status in each.statuses.items() if id_ in known}
            yield replace(each, number=number, statuses=statuses)


def _as_told(one: Incident) -> Incident:
    updates = tuple(replace(each, revision=one.revision) for each in one.updates)
    return replace(one, updates=updates)


def read_back(target: Target, now: datetime) -> Shown:
    """Raises Refusal where there is no page that could be read."""
    try:
        marker = target.marker()
        if marker is None or not marker.page or not marker.revision:
            raise Refusal(
                "there is no page of ours.",
                "Name the target that the page was published to, with PUBLISH_URL.",
            )
        evidence = read_page(target, marker, now)
        if is_ahead(marker, now):
            incidents = tuple(not_after(one, now) for one in evidence.incidents)
            evidence = replace(evidence, incidents=incidents)
        components = with_slugs((), evidence.components, slugs(target))
        return Shown(target, marker, time_of(marker, now), evidence, components)
    except (TargetError, Malformed) as error:
        raise Refusal(f"it cannot be read back: {error}.") from None
