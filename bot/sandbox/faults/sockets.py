"""What can happen to a Socket Mode connection."""

import socket
from collections.abc import Callable

from bot.sandbox.inbound.socket_mode import Connection, Hole, SocketMode


def _fin(connection: Connection) -> None:
    connection.websocket.sock.shutdown(socket.SHUT_WR)


def _reset(connection: Connection) -> None:
    connection.reset = True
    connection.websocket.sock.shutdown(socket.SHUT_RD)


def _close(connection: Connection) -> None:
    connection.websocket.close(1001, "going away")


def _black_hole(connection: Connection) -> None:
    connection.websocket.sock = Hole(connection.websocket.sock)


def _disconnect(reason: str) -> Callable[[Connection], None]:
    debug = {"host": "sandbox"}
    body = {"type": "disconnect", "reason": reason, "debug_info": debug}
    return lambda connection: connection.send(body)


SOCKET_FAULTS: dict[str, Callable[[Connection], None]] = {
    "fin": _fin,
    "reset": _reset,
    "close": _close,
    "black_hole": _black_hole,
    "warning": _disconnect("warning"),
    "refresh_requested": _disconnect("refresh_requested"),
    "link_disabled": _disconnect("link_disabled"),
}

# After these Slack sends nothing more over the connection; into a black hole it still does.
GONE = frozenset({"fin", "reset", "close", "refresh_requested", "link_disabled"})


def cut(sockets: SocketMode, how: str, index: int = 0) -> None:
    """Something happens to one of the connections; nothing more to one in a black hole."""
    connection = sockets.connections[index]
    if isinstance(connection.websocket.sock, Hole):
        return
    if how in GONE:
        sockets.forget(connection)
    SOCKET_FAULTS[how](connection)
