"""Whose turn it is to run the loop, and the wake-up that crosses processes.

Any number of processes may write to the ledger; one of them runs the loop. The turn only saves
work: safety is the target's fence and the deliveries' bookkeeping, not this lock.

On PostgreSQL the turn is a lease. Its session shows every second that it lives; whoever was
stopped, or cut off, stops believing in its turn before the server gives it to another.
"""

import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from storage.database import CHANNEL, Database
from storage.deadline import Watchdog
from storage.errors import LedgerUnavailable
from storage.hosts import Hosts

if TYPE_CHECKING:
    import psycopg  # an extra: only there with PostgreSQL

_KEY = 7283750  # the advisory lock's number; storage.migrate uses the next

# In seconds. A beat and its answer fit into the lease, and the lease into the server's patience.
_BEAT = 1.0
_ANSWER = 1.0
_LEASE = 3.0
_SERVERS_PATIENCE = 5


class Turn(Protocol):
    """Held by the process that runs the loop."""

    taken: int  # how often; each time the ledger may be another one, as after a failover

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
    return SessionTurn(database.hosts, database.watchdog, wake)


class FileTurn:
    """The turn on a single machine; the kernel frees it when the process dies."""

    def __init__(self, path: Path) -> None:
        self.taken = 0
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
        self.taken += 1
        return True

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


class SessionTurn:
    """The turn on PostgreSQL: an advisory lock of the session that also listens for wake-ups."""

    def __init__(self, hosts: Hosts, watchdog: Watchdog, wake: Callable[[], None]) -> None:
        self.taken = 0
        self._hosts = hosts
        self._watchdog = watchdog
        self._wake = wake
        self._lock = threading.Lock()
        self._held = ExitStack()  # the session and all that goes with it
        self._listener: threading.Thread | None = None
        self._lease_ends = 0.0
        self._next_try = 0.0

    def take(self) -> bool:
        """Take the turn if it is free. Raises LedgerUnavailable while there is no server."""
        with self._lock:
            return self._is_ours() or self._try()

    def close(self) -> None:
        with self._lock:
            self._leave()

    def _is_ours(self) -> bool:
        alive = self._listener is not None and self._listener.is_alive()
        return alive and time.monotonic() < self._lease_ends

    def _try(self) -> bool:
        if time.monotonic() < self._next_try:  # several loops ask; the server hears one of them
            return False
        import psycopg  # noqa: PLC0415 -- an extra

        self._leave()
        try:
            return self._begin(self._hosts.connect(autocommit=True))
        except (psycopg.Error, OSError) as error:
            raise LedgerUnavailable(f"the turn cannot be taken: {error}") from error
        finally:
            self._next_try = time.monotonic() + _BEAT / 2

    def _begin(self, session: "psycopg.Connection") -> bool:
        with ExitStack() as stack:
            stack.callback(session.close)
            with self._within_the_lease(session):
                if not _locks_and_listens(session):
                    return False
            # A descriptor of our own: the driver closes its own as soon as it finds it dead. Where
            # none is left, nobody listens yet: only hanging up on it ends the listener.
            line = stack.enter_context(socket.socket(fileno=os.dup(session.fileno())))
            self._listener = threading.Thread(target=self._listen, args=(session,), name="listen")
            self._listener.daemon = True
            self._listener.start()
            stack.callback(self._listener.join)
            stack.callback(_hang_up, line)
            self._held = stack.pop_all()
        self.taken += 1
        return True

    @contextmanager
    def _within_the_lease(self, session: "psycopg.Connection") -> Iterator[None]:
        """The lease runs from before the server heard of us, so it never outlasts the server's."""
        asked = time.monotonic()
        with self._watchdog.guard(session.fileno(), asked + _ANSWER):
            yield
        self._lease_ends = asked + _LEASE

    def _listen(self, session: "psycopg.Connection") -> None:
        import psycopg  # noqa: PLC0415 -- an extra

        with suppress(psycopg.Error):  # the turn is lost with the session, and taken anew
            while True:
                for _ in session.notifies(timeout=_BEAT, stop_after=1):
                    self._wake()
                with self._within_the_lease(session):
                    session.execute("SELECT 1")

    def _leave(self) -> None:
        self._held.close()
        self._listener = None


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _locks_and_listens(session: "psycopg.Connection") -> bool:
    session.execute(f"SET idle_session_timeout = '{_SERVERS_PATIENCE}s'")
    row = session.execute("SELECT pg_try_advisory_lock(%s)", (_KEY,)).fetchone()
    ours = bool(row and row[0])
    if ours:
        session.execute(f"LISTEN {CHANNEL}")
    return ours
