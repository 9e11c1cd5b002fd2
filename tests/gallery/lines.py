"""Stories as lines with their times, and telling them to a ledger in the order they were typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import components
from bot.core.status import ComponentStatus, Phase
from storage.database import Database
from tests.support.telling import cause, open_incident, tell

ZONE = ZoneInfo("America/Los_Angeles")
OPERATIONAL, SLOW, PARTIAL, DOWN = (
    ComponentStatus.OPERATIONAL,
    ComponentStatus.DEGRADED_PERFORMANCE,
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.MAJOR_OUTAGE,
)
SEEN, FOUND, WATCHED, OVER = (
    Phase.INVESTIGATING,
    Phase.IDENTIFIED,
    Phase.MONITORING,
    Phase.RESOLVED,
)


@dataclass(frozen=True)
class Line:
    """One update. The first line of a title opens an incident; the next ones follow it."""

    at: datetime  # the time shown
    title: str
    phase: Phase
    text: str
    statuses: Mapping[str, ComponentStatus] = field(default_factory=dict)
    typed_at: datetime | None = None  # where it was backdated


@dataclass(frozen=True)
class Part:
    """A component to add; its group is made with it."""

    slug: str
    name: str
    description: str = ""
    group: str = ""


def pacific(moment: str) -> datetime:
    """ "2013-02-22 08:10" in the page's zone."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


def story(
    title: str, start: datetime, *said: tuple[int, Phase, str, Mapping[str, ComponentStatus]]
) -> list[Line]:
    """Lines of one incident, each so many minutes after its start."""
    return [
        Line(start + timedelta(minutes=minutes), title, phase, text, statuses)
        for minutes, phase, text, statuses in said
    ]


def add(database: Database, parts: Iterable[Part], at: datetime) -> None:
    """Add components in this order."""
    with database.telling(cause("components", at=at)) as ledger:
        for one in parts:
            components.add(ledger, one.slug, one.name, group=one.group, description=one.description)


def tell_all(database: Database, lines: Iterable[Line]) -> None:
    """Tell every line when it was typed; a title is one incident."""
    numbers: dict[str, int] = {}
    for line in sorted(lines, key=lambda line: line.typed_at or line.at):
        numbers[line.title] = _tell(database, line, numbers.get(line.title))


def _tell(database: Database, line: Line, number: int | None) -> int:
    at, shown = line.typed_at or line.at, line.at if line.typed_at else None
    said, named = line.text, line.statuses
    if number is None:
        opened = open_incident(
            database, line.title, text=said, at=at, display_at=shown, statuses=named
        )
        return opened.number
    tell(database, number, line.phase, text=said, at=at, display_at=shown, statuses=named)
    return number


def pass_time(database: Database, until: datetime) -> None:
    """Let the page know what time it is, as the clock does at midnight."""
    with database.telling(cause("clock", at=until)) as ledger:
        ledger.turn_day()
