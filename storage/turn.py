"""Whose turn it is to run the loop, and the wake-up that crosses processes.

Any number of processes may write to the ledger; one of them runs the loop. The turn only saves
work: safety is the target's fence and the deliveries' bookkeeping, not this lock.
"""

import fcntl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from storage.database import CHANNEL, Database
from storage.deadline import Watchdog
from storage.engines import parameters

if TYPE_CHECKING:
    import psycopg  # an extra: only there with PostgreSQL

_KEY = 7283750  # the advisory lock's number; storage.migrate uses the next
_PATIENCE = 1.0  # seconds for a server that let us in to give the turn


class Turn(Protocol):
    """Held by the process that runs the loop."""

    def take(self) -> bool:
        """Take the turn if it is free; True while it is ours."""

    def close(self) -> None:
        """Give the turn back."""


def turn_of(database: Database, wake: Callable[[], None]) -> Turn:
    """A file lock beside an SQLite file; an advisory lock on PostgreSQL.

    `wake` is called when another process says that there may be work (PostgreSQL only).
    """
    if database.is_sqlite:
        return FileTurn(Path(f"{database.url.database}-loop"))
    return SessionTurn(parameters(database.url), database.watchdog, wake)


class FileTurn:
    """The turn on a single machine; the kernel frees it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            return self._file is not None or self._try()

    def _try(self) -> bool:
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


class SessionTurn:
    """The turn on PostgreSQL: an advisory lock of the session that also listens for wake-ups."""

    def __init__(
        self, parameters: Mapping[str, Any], watchdog: Watchdog, wake: Callable[[], None]
    ) -> None:
        self._parameters = parameters
        self._watchdog = watchdog
        self._wake = wake
        self._lock = threading.Lock()
        self._connection: psycopg.Connection | None = None
        self._closing = threading.Event()
        self._listener: threading.Thread | None = None

    def take(self) -> bool:
        """Take the turn if it is free. Raises psycopg.OperationalError while there is no server."""
        with self._lock:
            held = self._listener is not None and self._listener.is_alive()
            return held or self._try()

    def _try(self) -> bool:
        self._drop()
        import psycopg  # noqa: PLC0415 -- an extra

        connection = psycopg.connect(**self._parameters, autocommit=True)
        self._connection = connection
        with self._watchdog.guard(connection.fileno(), time.monotonic() + _PATIENCE):
            ours = _lock_and_listen(connection)
        if not ours:
            self._drop()
            return False
        self._listener = threading.Thread(
            target=self._listen, args=(connection,), name="listen", daemon=True
        )
        self._listener.start()
        return True

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            if self._listener:
                self._listener.join()
            self._drop()

    def _listen(self, connection: "psycopg.Connection") -> None:
        import psycopg  # noqa: PLC0415 -- an extra

        with suppress(psycopg.Error):  # the turn is lost with the session, and taken anew
            while not self._closing.is_set():
                for _ in connection.notifies(timeout=1, stop_after=1):
                    self._wake()

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def _lock_and_listen(connection: "psycopg.Connection") -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_KEY,)).fetchone()
    ours = bool(row and row[0])
    if ours:
        connection.execute(f"LISTEN {CHANNEL}")
    return ours
