"""Waiting until somebody asks the process to stop."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def until_stopped() -> Iterator[Callable[[], object]]:
    """What waits for Ctrl-C or SIGTERM; afterwards the signals mean what they meant before.

    The kernel may hand a signal to any thread, and only the main one acts on it. Were that to wait
    for a lock, it might sleep on: a byte that arrives wakes it, whichever thread it was.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        waking = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        before = {each: signal.signal(each, lambda *_: None) for each in STOPPING}
        try:
            yield partial(reader.recv, 1)
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
            signal.set_wakeup_fd(waking)
