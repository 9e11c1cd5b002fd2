"""A TCP proxy on loopback: what passes it can be swallowed, as by a network that lost its way."""

import selectors
import socket
import threading
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
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="wire")
        self._thread.start()

    def swallow(self) -> None:
        """From now on nothing comes through of what was connected, and nobody hears of it."""
        self._swallows = True

    def carry(self) -> None:
        """What is connected from now on comes through; what was lost stays lost."""
        self._cut |= set(self._peers)
        self._swallows = False

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

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._to), timeout=2)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.settimeout(2)
            self._peers[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        said = b""
        with suppress(OSError):
            said = one.recv(65536)
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
