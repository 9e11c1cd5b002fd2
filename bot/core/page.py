"""The page, its components, and what they derive from the incidents. Pure values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.core.incident import Incident
from bot.core.status import Banner, ComponentStatus, banner

LANGUAGES = ("ar", "de", "en", "es")  # each but English, the source, has a catalogue


def says(text: str) -> dict[str, str]:
    """What a field is, for whoever writes a template: its metadata."""
    return {"help": text}


@dataclass(frozen=True)
class PageLink:
    """A link of the page's owner, such as one to support."""

    label: str = field(metadata=says("Its words"))
    url: str = field(metadata=says("Where it leads: https, http or mailto"))


@dataclass(frozen=True)
class Page:
    """One public status page, as the ledger knew it at `revision`."""

    id: str = field(metadata=says("Of the page, for ever"))
    name: str = field(metadata=says("The name of the service"))
    url: str = field(metadata=says("Its address, absolute, with a closing slash"))
    about: str = field(metadata=says("A paragraph about the service, or nothing"))
    time_zone: str = field(metadata=says("The name of the zone of its days"))
    headline: str = field(metadata=says("Shown while all is well"))
    language: str = field(default="en", metadata=says("Of its own words: en, es, …"))
    logo: str = field(default="", metadata=says("An image as data: address, or nothing"))
    accent: str = field(default="", metadata=says("A colour as #0b57d0, or nothing for ours"))
    links: tuple[PageLink, ...] = field(default=(), metadata=says("The owner's links, in order"))
    ducks: bool = field(default=True, metadata=says("Whether the row of ducks is shown"))
    revision: int = field(default=0, metadata=says("Of the ledger; one more with every change"))
    change_id: str = field(default="", metadata=says("Of the change that made this revision"))
    as_of: datetime | None = field(
        default=None, metadata=says("The time of that change; None before anything was told")
    )
    fingerprint: str = field(default="", metadata=says("Of the program that leads the page"))

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True)
class Component:
    """A part of the service that the public knows by name, or a group of such parts."""

    id: str
    slug: str  # what responders type
    name: str
    description: str
    position: int  # within its group, or at the top level; from 1
    created_at: datetime
    updated_at: datetime  # last time its row changed or an update named it
    group_id: str | None = None
    is_group: bool = False
    showcase: bool = True
    start_date: date | None = None
    only_show_if_degraded: bool = False


@dataclass(frozen=True)
class Situation:
    """What is the case now: the components, what is open, and the banner they make together."""

    components: tuple[Component, ...]  # groups and leaves, in the order of the page
    open: tuple[Incident, ...]  # incidents, newest first
    maintenances: tuple[Incident, ...]  # scheduled and running, soonest first

    @cached_property
    def statuses(self) -> Mapping[str, ComponentStatus]:
        """Component id -> the worst that open incidents and running maintenances say of it."""
        worst = worst_of(incident.affecting for incident in (*self.open, *self.maintenances))
        leaves = {leaf.id: worst.get(leaf.id, ComponentStatus.OPERATIONAL) for leaf in self.leaves}
        return leaves | {group.id: self._group_status(group, leaves) for group in self.groups}

    @property
    def leaves(self) -> Sequence[Component]:
        return [component for component in self.components if not component.is_group]

    @property
    def groups(self) -> Sequence[Component]:
        return [component for component in self.components if component.is_group]

    def children(self, group: Component) -> Sequence[Component]:
        return [leaf for leaf in self.leaves if leaf.group_id == group.id]

    def _group_status(
        self, group: Component, leaves: Mapping[str, ComponentStatus]
    ) -> ComponentStatus:
        within = (leaves[leaf.id] for leaf in self.children(group))
        return max(within, default=ComponentStatus.OPERATIONAL)

    @cached_property
    def banner(self) -> Banner:
        leaves = [self.statuses[leaf.id] for leaf in self.leaves]
        return banner(leaves, [incident.impact_by_hand for incident in self.open])

    def public_name(self, component: Component) -> str:
        """ "Group - Component" for a grouped one, as Statuspage names it in updates."""
        group = next((group for group in self.groups if group.id == component.group_id), None)
        return f"{group.name} - {component.name}" if group else component.name


def worst_of(sayings: Iterable[Mapping[str, ComponentStatus]]) -> dict[str, ComponentStatus]:
    """The worst status said of each component."""
    worst: dict[str, ComponentStatus] = {}
    for saying in sayings:
        for component, status in saying.items():
            worst[component] = max(status, worst.get(component, status))
    return worst
