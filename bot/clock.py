"""Time enters through the ledger: day turns and maintenances' edges, each written as a change."""

from collections.abc import Callable
from datetime import datetime

from bot.core.ids import derived_id
from bot.core.incident import Incident, Update
from bot.core.maintenance import Edge, accepted, next_edge, text_of
from bot.words import say
from storage.database import Database
from storage.ledger import PROGRAM, Cause, Ledger

_Due = tuple[Incident, Edge]


def keep_time(database: Database) -> Callable[[datetime], bool]:
    """A step that tells the ledger when a maintenance began or ended, or a new day has begun."""

    def step(now: datetime) -> bool:
        with database.read() as ledger:
            due = _first_due(ledger, now)
            has_turned = _has_turned(ledger, now)
        reached = due is not None and _reach_edges(database, due, now)
        turned = has_turned and _turn(database, now)
        return reached or turned

    step.__qualname__ = "keep_time"
    return step


def _reach_edges(database: Database, due: _Due, now: datetime) -> bool:
    """Tell of every edge that was reached, in the order of time, each as a change of its own."""
    reached = False
    following: _Due | None = due
    while following:
        reached = _reach(database, following, now) or reached
        with database.read() as ledger:
            following = _first_due(ledger, now)
    return reached


def _first_due(ledger: Ledger, now: datetime) -> _Due | None:
    edges = ((one, next_edge(one)) for one in ledger.overdue(now))
    due = [(one, edge) for one, edge in edges if edge and edge.at <= now]
    return min(due, key=lambda each: (each[1].at, each[0].number), default=None)


def _reach(database: Database, due: _Due, now: datetime) -> bool:
    one, edge = due
    key = f"clock:{one.id}:{edge.phase.value}:{edge.at.isoformat()}"
    with database.telling(Cause(key, "clock", PROGRAM, now)) as ledger:
        known = ledger.incident(one.number)
        if known is None or next_edge(known) != edge:
            return False  # another process, or a person, was first
        update = Update(
            id=derived_id(ledger.page.id, key),  # told by a stale ledger, it is the same update
            number=len(known.updates) + 1,
            phase=edge.phase,
            text=say(text_of(known, edge.phase), ledger.page.language),
            author=PROGRAM,
            created_at=ledger.at,
            display_at=max(edge.at, known.shown_at),  # told late, it still happened then
            statuses={},
            revision=ledger.revision,
        )
        ledger.append(accepted(known, update, ledger.page.zone))
        return True


def _turn(database: Database, now: datetime) -> bool:
    with database.read() as ledger:
        midnight = _midnight(ledger, now)
    cause = Cause(f"clock:{midnight.isoformat()}", "clock", PROGRAM, now)
    with database.telling(cause) as ledger:
        turned = _has_turned(ledger, now)  # another process may have been first
        if turned:
            ledger.turn_day()
    return turned


def _has_turned(ledger: Ledger, now: datetime) -> bool:
    as_of = ledger.page.as_of
    return as_of is not None and as_of < _midnight(ledger, now)


def _midnight(ledger: Ledger, now: datetime) -> datetime:
    local = now.astimezone(ledger.page.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)  # the first of two
