"""Time enters through the ledger: at a day turn in the page's zone the clock writes a change."""

from collections.abc import Callable
from datetime import datetime

from storage.database import Database
from storage.ledger import PROGRAM, Cause, Ledger


def keep_time(database: Database) -> Callable[[datetime], bool]:
    """A step that tells the ledger when a new day has begun on the page."""

    def step(now: datetime) -> bool:
        with database.read() as ledger:
            if not _has_turned(ledger, now):
                return False
        return _turn(database, now)

    step.__qualname__ = "keep_time"
    return step


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
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
