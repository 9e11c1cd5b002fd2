"""The words of the field, their order, and the roll-up from component statuses to one banner.

Values are Statuspage's own (its public API v2), because every client knows them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Self


class Ordered(Enum):
    """An enumeration whose members stand in order of severity, mildest first."""

    def __init__(self, _value: str) -> None:
        self.severity = len(type(self).__members__)

    def __lt__(self, other: Self) -> bool:
        return self.severity < other.severity

    def __le__(self, other: Self) -> bool:
        return self.severity <= other.severity

    def __gt__(self, other: Self) -> bool:
        return self.severity > other.severity

    def __ge__(self, other: Self) -> bool:
        return self.severity >= other.severity

    @property
    def label(self) -> str:
        """As a sentence would say it: "Partial outage"."""
        return str(self.value).replace("_", " ").capitalize()


class ComponentStatus(Ordered):
    """What a component is said to be, mildest first."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"


class Impact(Ordered):
    """How bad an incident is for the public, over its whole life."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @classmethod
    def of(cls, statuses: Iterable[ComponentStatus]) -> Self:
        """The impact that naming these means; nothing named, or only maintenance, is minor."""
        said = max(statuses, default=ComponentStatus.OPERATIONAL)
        return cls(
            {
                ComponentStatus.PARTIAL_OUTAGE: "major",
                ComponentStatus.MAJOR_OUTAGE: "critical",
            }.get(said, "minor")
        )


class Indicator(Ordered):
    """The page's one word; its values are the API's `status.indicator`."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Kind(Enum):
    """An incident went wrong by itself; a maintenance was planned."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"


class Phase(Enum):
    """Where an incident, or a maintenance, stands."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"

    @property
    def label(self) -> str:
        """As Statuspage's feeds say it; clients match the exact words."""
        return str(self.value).replace("_", " ").capitalize()

    @property
    def is_closed(self) -> bool:
        """True when nothing more is happening."""
        return self in CLOSED

    @property
    def is_running(self) -> bool:
        """True when what this incident or maintenance says of components counts now."""
        return not self.is_closed and self is not Phase.SCHEDULED


CLOSED = frozenset({Phase.RESOLVED, Phase.POSTMORTEM, Phase.COMPLETED})


@dataclass(frozen=True)
class Banner:
    """The page in one line: `status` of the API v2; the description is always the fixed English."""

    indicator: Indicator = field(metadata={"help": "How bad it is"})
    description: str = field(metadata={"help": "In words, to be translated on pages"})


ALL_OPERATIONAL = Banner(Indicator.NONE, "All Systems Operational")
MAINTENANCE = Banner(Indicator.MAINTENANCE, "Service Under Maintenance")
SOME_DEGRADED = Banner(Indicator.MINOR, "Partially Degraded Service")
ALL_DEGRADED = Banner(Indicator.MINOR, "Degraded System Service")
MINOR_OUTAGE = Banner(Indicator.MINOR, "Minor Service Outage")
PARTIAL_OUTAGE = Banner(Indicator.MAJOR, "Partial System Outage")
MAJOR_OUTAGE = Banner(Indicator.CRITICAL, "Major System Outage")

_BY_IMPACT = {
    Impact.NONE: ALL_OPERATIONAL,
    Impact.MINOR: MINOR_OUTAGE,
    Impact.MAJOR: PARTIAL_OUTAGE,
    Impact.CRITICAL: MAJOR_OUTAGE,
}


def banner_of(leaves: Sequence[ComponentStatus]) -> Banner:
    """The banner that the leaf components alone make (Atlassian's published roll-up)."""
    worst = max(leaves, default=ComponentStatus.OPERATIONAL)
    everywhere = all(status is worst for status in leaves)
    match worst:
        case ComponentStatus.OPERATIONAL:
            return ALL_OPERATIONAL
        case ComponentStatus.UNDER_MAINTENANCE:
            return MAINTENANCE
        case ComponentStatus.DEGRADED_PERFORMANCE:
            return ALL_DEGRADED if everywhere and len(leaves) > 1 else SOME_DEGRADED
        case ComponentStatus.PARTIAL_OUTAGE:
            return PARTIAL_OUTAGE if everywhere else MINOR_OUTAGE
        case ComponentStatus.MAJOR_OUTAGE:
            return MAJOR_OUTAGE if everywhere else PARTIAL_OUTAGE


def banner(leaves: Sequence[ComponentStatus], impacts_by_hand: Sequence[Impact | None]) -> Banner:
    """The page's banner; `impacts_by_hand` has an entry per open incident, None if it is computed.

    An open incident raises a calm banner to "Minor Service Outage", and an impact set by hand
    raises it to at least that, so that the page cannot say all is well while an incident is open.
    Nothing ever lowers what the leaves say.
    """
    floors = (max(Impact.MINOR, impact or Impact.MINOR) for impact in impacts_by_hand)
    floor = _BY_IMPACT[max(floors, default=Impact.NONE)]
    said = banner_of(leaves)
    return floor if said.indicator < floor.indicator else said


def status_of(indicator: Indicator) -> ComponentStatus:
    """What a page without components says of itself as one component."""
    return {
        Indicator.NONE: ComponentStatus.OPERATIONAL,
        Indicator.MAINTENANCE: ComponentStatus.UNDER_MAINTENANCE,
        Indicator.MINOR: ComponentStatus.DEGRADED_PERFORMANCE,
        Indicator.MAJOR: ComponentStatus.PARTIAL_OUTAGE,
        Indicator.CRITICAL: ComponentStatus.MAJOR_OUTAGE,
    }[indicator]
