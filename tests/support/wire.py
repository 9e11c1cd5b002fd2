"""A TCP proxy on loopback: what passes it can be swallowed, as by a network that lost its way;
or slowed down to a byte a second, cut off, or closed on one side.
"""

import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Carries bytes to a port, in both directions, while it is not `cut`."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ)
        self._cut: set[socket.socket] = set()
        self._peers: dict[socket.socket, socket.socket] = {}
        self._swallows = False
        self._dribbles = self._resets = False
        self._near: set[socket.socket] = set()  # of each pair, the one who connected
        self._not_before: dict[socket.socket, float] = {}  # its next byte
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="wire")
        self._thread.start()

    def swallow(self) -> None:
        """From now on nothing comes through of what was connected, and nobody hears of it."""
        self._swallows = True

    def dribble(self) -> None:
        """From now on everything comes through, a byte a second."""
        self._dribbles = True

    def carry(self) -> None:
        """What is connected from now on comes through; what was lost stays lost."""
        if self._swallows:
            self._cut |= set(self._peers)
        self._swallows = self._dribbles = False

    def reset(self) -> None:
        """Both ends of all that is connected see a TCP reset."""
        at_once = struct.pack("ii", 1, 0)
        for one in list(self._peers):
            with suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self._resets = True

    def half_close(self) -> None:
        """Whoever connected hears that the other side will say no more; it may go on talking."""
        for one in list(self._near):
            with suppress(OSError):
                one.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._closing = True
        self._thread.join()
        for one in (self._server, *self._peers):
            one.close()
        self._selector.close()

    def _work(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(0.05):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if one is self._server:
                    self._connect(one.accept()[0])
                elif one in self._peers:
                    self._pass_on(one)
            if self._resets:
                self._resets = False
                for one in list(self._near):
                    self._end(one)
            if self._dribbles:
                time.sleep(0.01)  # what waits for its second is ready all the time

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._to), timeout=2)
        except OSError:
            near.close()
            return
        self._near.add(near)
        for one, other in ((near, far), (far, near)):
            one.settimeout(2)
            self._peers[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        if self._dribbles and time.monotonic() < self._not_before.get(one, 0):
            return
        self._not_before[one] = time.monotonic() + 1
        said = b""
        with suppress(OSError):
            said = one.recv(1 if self._dribbles else 65536)
        if self._swallows or one in self._cut:
            if not said:
                self._selector.unregister(one)
            return
        try:
            if said:
                self._peers[one].sendall(said)
                return
        except OSError:
            pass
        self._end(one)

    def _end(self, one: socket.socket) -> None:
        for each in (one, self._peers[one]):
            self._near.discard(each)
            self._not_before.pop(each, None)
            with suppress(KeyError):
                self._selector.unregister(each)
            self._peers.pop(each, None)
            each.close()


@contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """A wire while the block runs."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()
