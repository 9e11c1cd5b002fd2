"""A deadline for a database connection: when it passes, the socket is dropped.

PostgreSQL's own statement_timeout does not end a COMMIT that waits for a frozen standby, and
cancelling that COMMIT reports success for rows the standby never saw. Dropping the socket is
honest: the outcome is unknown, and is looked up later.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from storage.errors import LedgerUnavailable

_LOOK = 0.05  # seconds between looks


@dataclass(eq=False)
class Guarded:
    """A socket, and whether it was dropped; if so, what came of it may have come all the same."""

    fileno: int
    inode: int  # the number may be another socket's by then
    deadline: float
    dropped: bool = False


class Copy:
    """A copy of a descriptor, so that the driver's own close stays the only one on its number.

    Its own number is kept ready: there may be none left when a connection must be dropped.
    """

    def __init__(self) -> None:
        try:
            self._copy, self._nothing = socket.socketpair()
        except OSError as error:  # unwatched, nobody begins
            raise LedgerUnavailable(f"its connections cannot be watched: {error}") from error

    @contextmanager
    def of(self, fileno: int) -> Iterator[socket.socket]:
        os.dup2(fileno, self._copy.fileno(), inheritable=False)
        try:
            yield self._copy
        finally:
            os.dup2(self._nothing.fileno(), self._copy.fileno(), inheritable=False)

    def close(self) -> None:
        self._copy.close()
        self._nothing.close()


class Watchdog:
    """Drops the sockets of connections that took longer than they may. One thread for all."""

    def __init__(self) -> None:
        self._guarded: set[Guarded] = set()
        self._changed = threading.Condition()
        self._closed = False
        self._copy: Copy | None = None
        self._thread: threading.Thread | None = None

    @contextmanager
    def guard(self, fileno: int, deadline: float) -> Iterator[Guarded]:
        """Drop this socket unless the block ends before `deadline`, of the monotonic clock."""
        one = Guarded(fileno, os.fstat(fileno).st_ino, deadline)
        self._add(one)
        try:
            yield one
        finally:
            with self._changed:
                self._guarded.discard(one)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread:
            self._thread.join()
        if self._copy:
            self._copy.close()

    def _add(self, one: Guarded) -> None:
        with self._changed:
            if self._copy is None:
                self._copy = Copy()
                self._thread = self._watching(self._copy)
            self._guarded.add(one)
            self._changed.notify()

    def _watching(self, copy: Copy) -> threading.Thread:
        thread = threading.Thread(target=self._watch, args=(copy,), name="watchdog", daemon=True)
        thread.start()
        return thread

    def _watch(self, copy: Copy) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for one in [one for one in self._guarded if one.deadline <= now]:
                    self._guarded.remove(one)
                    one.dropped = True
                    _drop(one, copy)
                self._changed.wait(_LOOK if self._guarded else None)


def _drop(one: Guarded, copy: Copy) -> None:
    with suppress(OSError), copy.of(one.fileno) as line:
        if os.fstat(line.fileno()).st_ino == one.inode:
            line.shutdown(socket.SHUT_RDWR)
