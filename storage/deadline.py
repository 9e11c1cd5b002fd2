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

_LOOK = 0.05  # seconds between looks


class Watchdog:
    """Drops the sockets of connections that took longer than they may. One thread for all."""

    def __init__(self) -> None:
        self._guarded: dict[int, tuple[float, int]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._last = 0

    @contextmanager
    def guard(self, fileno: int, deadline: float) -> Iterator[None]:
        """Drop this socket unless the block ends before `deadline`, of the monotonic clock."""
        ticket = self._add(fileno, deadline)
        try:
            yield
        finally:
            with self._changed:
                self._guarded.pop(ticket, None)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread:
            self._thread.join()

    def _add(self, fileno: int, deadline: float) -> int:
        with self._changed:
            self._last += 1
            self._guarded[self._last] = (deadline, fileno)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
            self._changed.notify()
            return self._last

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for ticket, (deadline, fileno) in list(self._guarded.items()):
                    if deadline <= now:
                        del self._guarded[ticket]
                        _drop(fileno)
                self._changed.wait(_LOOK if self._guarded else None)


def _drop(fileno: int) -> None:
    # A copy of the descriptor, so that the driver's own close stays the only one on its number.
    with suppress(OSError), socket.socket(fileno=os.dup(fileno)) as copy:
        copy.shutdown(socket.SHUT_RDWR)
