"""Socket Mode: connections of our own making to Slack, so that nobody needs to reach us.

Two connections, because Slack replaces each every few hours. They are drained before they close:
a command that was committed must not lose its ack to a restart.
"""

import logging
import socket
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

from slack_bolt import App, BoltResponse
from slack_bolt.adapter.socket_mode.internals import send_response
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.client import Client, NoEffect, SlackFailure
from bot.slack.listener import dispatch
from bot.slack.shapes import BadRequest

log = logging.getLogger(__name__)

CONNECTIONS = 2

_PING = 2  # seconds; a connection that falls silent is given up after eight to eleven of them
_OPENING = 5.0  # seconds that Slack may take to say where to connect to
_WORKERS = 8  # as many commands wait for the ledger at once; its pool is as large
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_DRAIN = 5.0
_LOOK = 0.05
_REFUSED = (SlackClientError, OSError)  # however connecting may fail


class InFlight:
    """How many envelopes were received and not yet answered."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def enter(self) -> None:
        with self._changed:
            self._count += 1

    def leave(self) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait_for_none(self, seconds: float) -> bool:
        """True once nothing is in flight, False if that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count <= 0, seconds)


class CountedClient(SocketModeClient):
    """Slack's own client, which counts envelopes from reception to ack."""

    def __init__(self, app_token: str, api_url: str, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._slack = Client(app_token, api_url)
        self._not_before = 0.0  # monotonic; a Retry-After
        super().__init__(
            app_token,
            ping_interval=_PING,
            concurrency=_WORKERS,
        )

    def enqueue_message(self, message: str) -> None:
        if _is_envelope(message):
            self._in_flight.enter()
        super().enqueue_message(message)

    def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        try:
            super().run_message_listeners(message, raw_message)
        finally:
            if _is_envelope(raw_message):
                self._in_flight.leave()

    def connect(self) -> None:
        super().connect()
        if session := self.current_session:
            session.disconnect = partial(_disconnect, session)  # type: ignore[method-assign]
            if session.sock:
                session.sock = Wire(session.sock)  # type: ignore[assignment]
            # Else a connection that was silent from the start would never count as lost.
            session.last_ping_pong_time = session.last_ping_pong_time or time.time()

    def issue_new_wss_url(self) -> str:
        """Slack's own waits on while an answer dribbles in, and sleeps through a rate limit."""
        if self.closed:
            raise NoEffect("closed")
        if time.monotonic() < self._not_before:
            raise NoEffect("ratelimited")
        try:
            answer = self._slack.call("apps.connections.open", within=_OPENING)
        except NoEffect as told:
            self._not_before = time.monotonic() + (told.retry_after or 0)
            raise
        return str(answer["url"])

    def close(self) -> None:
        """Slack's own may wait for ever, for a reader that began just then, or begins on what was
        being made.
        """
        closing = threading.Thread(target=super().close)
        closing.start()
        while closing.is_alive():
            self.current_session_state.terminated = True
            self.disconnect()
            closing.join(_LOOK)
        self.disconnect()  # what was made last of all
        self._slack.close()


class Wire:
    """A connection's socket, which says when the other side hung up: Slack's client takes that for
    silence, and reads on and on as fast as it can.
    """

    def __init__(self, wire: Any) -> None:
        self._wire = wire
        self._is_ours_closed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def recv(self, size: int) -> bytes:
        """Raises ConnectionResetError at the end, unless it is we who ended it."""
        said: bytes = self._wire.recv(size)
        if not said and size and not self._is_ours_closed:
            raise ConnectionResetError("Slack hung up")
        return said

    def hang_up(self) -> None:
        """Whoever reads lets go at once."""
        self._is_ours_closed = True
        with suppress(OSError):
            socket.socket.shutdown(self._wire, socket.SHUT_RDWR)  # the wire itself, under any TLS


class SocketMode:
    """The connections of this process. `start` returns at once, whether Slack is up or not."""

    def __init__(
        self, app: App, app_token: str, api_url: str, connections: int = CONNECTIONS
    ) -> None:
        self._app = app
        self._in_flight = InFlight()
        self._closing = threading.Event()
        self._refuse = False
        self._clients = [
            CountedClient(app_token, api_url, self._in_flight) for _ in range(connections)
        ]
        for client in self._clients:
            client.socket_mode_request_listeners.append(self._handle)
        self._starter = threading.Thread(target=self._connect, name="socket-mode", daemon=True)

    def start(self) -> None:
        """Connect in the background, and keep trying until Slack is there."""
        self._starter.start()

    @property
    def connected(self) -> int:
        """How many connections are open now."""
        return sum(client.is_connected() for client in self._clients)

    def close(self, drain: float = _DRAIN) -> None:
        """Answer what is in flight, for so many seconds at most, then disconnect."""
        self._closing.set()
        if self._starter.is_alive():
            self._starter.join(drain)
        self._in_flight.wait_for_none(drain)
        self._refuse = True  # what comes now is not begun: it would be saved and not acknowledged
        self._in_flight.wait_for_none(1.0)
        closing = [threading.Thread(target=client.close) for client in self._clients]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()

    def _connect(self) -> None:
        for client in self._clients:
            pause = _FIRST_PAUSE
            while not self._closing.is_set() and not _connected(client):
                self._closing.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _handle(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._refuse:
            return
        began = time.time()
        send_response(client, request, self._answer(request), began)

    def _answer(self, request: SocketModeRequest) -> BoltResponse:
        try:
            return dispatch(self._app, request.payload)
        except BadRequest as odd:
            log.warning("an odd payload was not handled", extra={"reason": str(odd)})
            return BoltResponse(status=200)  # or Slack would send it again


def _connected(client: SocketModeClient) -> bool:
    """Connect; False when Slack is not there, or will not have us."""
    try:
        client.connect_to_new_endpoint()
    except SlackFailure as refused:
        log.warning("Slack gives no connection", extra={"error": refused.error})
    except _REFUSED as error:
        log.warning("Slack cannot be reached", extra={"error": type(error).__name__})
    return client.is_connected()


def _disconnect(session: Connection) -> None:
    """Slack's own waits until its reader lets go of the connection: seconds, in which nobody reads
    the new one; or for ever, where a byte comes now and then.
    """
    wire: Any = session.sock
    if isinstance(wire, Wire):
        wire.hang_up()
    with suppress(AttributeError):  # its reader noticed, and closed it between a look and a lock
        Connection.disconnect(session)


def _is_envelope(message: str) -> bool:
    return '"envelope_id"' in message
