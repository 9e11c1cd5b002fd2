"""Whoever sends slowly holds a connection for a while, and never a worker."""

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from bot.web.whole import THREADS

CLIENTS = 120
PATIENCE = 90  # seconds in which everybody slow must have been hung up on; it takes eleven
POST = (
    b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
)

# What each kind says first, and then again and again, a little at a time.
KINDS = {
    "headers": (POST, b"X-%d: y\r\n"),
    "body": (POST + b"Content-Length: 5000\r\n\r\n", b"%d"),
    "chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "one line": (b"POST /sl", b"%d"),
}


class SlowClients:
    """Connections that all send a little every now and then, and never end."""

    def __init__(self, port: int, kind: str) -> None:
        first, self._more = KINDS[kind]
        self._waiting = selectors.DefaultSelector()
        self._numbers = count()
        for _ in range(CLIENTS):
            wire = socket.create_connection(("127.0.0.1", port), timeout=20)
            wire.sendall(first)
            wire.setblocking(False)
            self._waiting.register(wire, selectors.EVENT_READ)

    @property
    def left(self) -> int:
        return len(self._waiting.get_map())

    def drip(self) -> None:
        """A few bytes more from each; forgets whom the server hung up on."""
        number = next(self._numbers)
        more = self._more % number if b"%d" in self._more else self._more
        for key in list(self._waiting.get_map().values()):
            wire = key.fileobj
            assert isinstance(wire, socket.socket)
            try:
                wire.send(more)
                if not wire.recv(65536):
                    self._forget(wire)
            except BlockingIOError:
                continue
            except OSError:
                self._forget(wire)

    def close(self) -> None:
        for key in list(self._waiting.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            self._forget(key.fileobj)
        self._waiting.close()

    def _forget(self, wire: socket.socket) -> None:
        self._waiting.unregister(wire)
        wire.close()


@contextmanager
def slow_clients(port: int, kind: str) -> Iterator[SlowClients]:
    clients = SlowClients(port, kind)
    try:
        yield clients
    finally:
        clients.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_command_is_answered_while_many_slow_clients_hang(reached, kind):
    with slow_clients(reached.port, kind) as clients:
        assert clients.left > 10 * THREADS
        for number in range(3):
            clients.drip()
            reply = reached.slack.say("ana", "#incidents", "/incident list")
            assert reply.response_type == "ephemeral", reply.text
            line = f"/incident open Slow {kind} {number} | It is slow."
            assert reached.slack.say("ana", "#incidents", line).text.startswith("Saved as")
        assert clients.left > 10 * THREADS, "nobody hung any more: this has shown nothing"


def test_whoever_goes_on_being_slow_is_hung_up_on(reached):
    kinds = [SlowClients(reached.port, kind) for kind in KINDS]
    give_up = time.monotonic() + PATIENCE
    while any(clients.left for clients in kinds):
        assert time.monotonic() < give_up, [clients.left for clients in kinds]
        for clients in kinds:
            clients.drip()
        time.sleep(0.5)
    for clients in kinds:
        clients.close()
