"""Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode.

The app keeps up to ten connections; each envelope goes to any one of them.
"""

import json
import random
import socket
import threading
from collections import defaultdict, deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from typing import Any

from simple_websocket import ConnectionClosed, Server  # type: ignore[import-untyped]

from bot.sandbox.inbound.envelope import DeliveryFailed, Envelope
from bot.sandbox.model.errors import Json

MOST_CONNECTIONS = 10
ABOUT_FIVE_HOURS = 18_060


class Connection:
    """One WebSocket; what is sent over it is sent whole."""

    def __init__(self, websocket: Server, number: int) -> None:
        self.websocket, self.number = websocket, number
        self.reset = False
        self._sending = threading.Lock()

    def send(self, body: Json) -> None:
        """Raises DeliveryFailed when it is gone."""
        with self._sending:
            try:
                self.websocket.send(json.dumps(body))
            except (ConnectionClosed, OSError) as error:
                raise DeliveryFailed("dispatch_failed") from error

    def messages(self) -> Any:
        """What the app sends, until one side closes."""
        with suppress(ConnectionClosed):
            while True:
                yield json.loads(self.websocket.receive())


class Hole:
    """Stands in for a connection's socket: what goes in either way never arrives."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire

    def send(self, data: bytes) -> int:
        """Swallowed."""
        return len(data)

    def recv(self, size: int) -> bytes:
        """Nothing, until the connection ends."""
        while self.wire.recv(size):
            pass
        return b""

    def close(self) -> None:
        """The real one."""
        self.wire.close()


class SocketMode:
    """All connections of the app, and the envelopes that wait to be acknowledged."""

    def __init__(self, app_id: str, seed: int | None = None) -> None:
        self.app_id = app_id
        self.connections: list[Connection] = []
        # Of each envelope, a place for every time that it is under way: each is acknowledged.
        self._waiting: defaultdict[str, deque[Future[Json | None]]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._count = 0

    def serve(self, websocket: Server) -> None:
        """Keep one connection until it ends; raises ConnectionResetError when it was reset."""
        connection = self._add(websocket)
        if connection is None:
            websocket.send(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            return
        try:
            connection.send(self._hello())
            for message in connection.messages():
                self._acknowledge(message)
        except DeliveryFailed:
            pass  # gone before it was greeted
        finally:
            self.forget(connection)
            if connection.reset:
                websocket.thread.join()
        if connection.reset:
            raise ConnectionResetError

    def _add(self, websocket: Server) -> Connection | None:
        with self._lock:
            if len(self.connections) >= MOST_CONNECTIONS:
                return None
            self._count += 1
            connection = Connection(websocket, self._count)
            self.connections.append(connection)
            return connection

    def forget(self, connection: Connection) -> None:
        """Send nothing more over it."""
        with self._lock:
            if connection in self.connections:
                self.connections.remove(connection)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": ABOUT_FIVE_HOURS,
            },
            "connection_info": {"app_id": self.app_id},
        }

    def _acknowledge(self, message: Json) -> None:
        with self._lock:
            places = self._waiting.get(message.get("envelope_id", ""))
            waiting = places.popleft() if places else None
        if waiting is not None and not waiting.done():
            waiting.set_result(message.get("payload"))

    def deliver(self, envelope: Envelope, seconds: float) -> Json | None:
        """To any one connection; raises DeliveryFailed."""
        waiting: Future[Json | None] = Future()
        with self._lock:
            if not self.connections:
                raise DeliveryFailed("dispatch_failed")
            self._waiting[envelope.id].append(waiting)
            connection = self._random.choice(self.connections)
        connection.send(_frame(envelope))
        try:
            return waiting.result(seconds)
        except TooLate as error:
            raise DeliveryFailed("operation_timeout") from error
        finally:
            self._leave(envelope.id, waiting)

    def _leave(self, id_: str, waiting: Future[Json | None]) -> None:
        with self._lock:
            places = self._waiting[id_]
            with suppress(ValueError):  # it was acknowledged
                places.remove(waiting)
            if not places:
                del self._waiting[id_]

    def close(self) -> None:
        """Nothing is answered any more."""
        with self._lock:
            waiting = [each for places in self._waiting.values() for each in places]
            self._waiting.clear()
        for each in waiting:
            each.set_exception(DeliveryFailed("dispatch_failed"))


def _frame(envelope: Envelope) -> Json:
    body: Json = {
        "envelope_id": envelope.id,
        "type": envelope.kind,
        "payload": envelope.payload,
        "accepts_response_payload": envelope.kind != "events_api",
    }
    if envelope.kind == "events_api":
        body |= {"retry_attempt": envelope.retry, "retry_reason": envelope.retry_reason}
    return body
