"""A machine that stalls is not what most tests ask about: their ledgers wait for longer.

The program gives a transaction two seconds, and PostgreSQL less for a lock. A test of something
else would fail wherever the machine has other things to do for that long. Tests of the limits
themselves are marked `hurried`, as are those in which a database never answers.
"""

from contextlib import AbstractContextManager
from typing import Any

from storage import engines
from storage.database import Database

MORE = 20.0  # seconds
_LIMITS = engines._OURS["options"]
_PATIENT = (
    str(_LIMITS)
    .replace("lock_timeout=800", "lock_timeout=20000")
    .replace("statement_timeout=2000", "statement_timeout=20000")
    .replace("session_timeout=5000", "session_timeout=30000")
)
_transaction = Database._transaction


def _patiently(
    self: Database, *, writes: bool, within: float = engines.WAIT
) -> AbstractContextManager[Any]:
    return _transaction(self, writes=writes, within=within + MORE)


def set_patience(*, is_patient: bool) -> None:
    """For every ledger that this process opens from now on, and every transaction."""
    engines._OURS["options"] = _PATIENT if is_patient else _LIMITS
    setattr(Database, "_transaction", _patiently if is_patient else _transaction)  # noqa: B010
