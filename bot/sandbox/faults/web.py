"""What can happen to a Web API call. "Done" is a call whose effect came about unheard."""

import os
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from flask import Response, jsonify

from bot.sandbox.model.errors import Json

SORRY = "<!DOCTYPE html><html><head><title>Server Error | Slack</title></head><body>…</body></html>"
HANG_SECONDS = 60.0
LATE_SECONDS = 12.0


@dataclass(frozen=True)
class Victim:
    """A call to which a fault happens: `run` does what the call asked for."""

    run: Callable[[], Response]
    wire: socket.socket
    closing: threading.Event
    options: Json
    now: float

    def pause(self, seconds: float) -> None:
        """Wait as long as the fault says, or until the sandbox stops."""
        self.closing.wait(float(self.options.get("seconds", seconds)))


def cut(wire: socket.socket) -> NoReturn:
    """End the connection in good order, without a word; always raises."""
    wire.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def reset(wire: socket.socket) -> NoReturn:
    """Make the other side see a TCP reset; always raises."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(wire.detach())
    raise ConnectionResetError


def _rate_limited(victim: Victim) -> Response:
    response: Response = jsonify(ok=False, error="ratelimited")
    response.status_code = 429
    response.headers["Retry-After"] = str(victim.options.get("seconds", 1))
    return response


def _html(victim: Victim) -> Response:
    return Response(SORRY, int(victim.options.get("status", 503)), mimetype="text/html")


def _html_done(victim: Victim) -> Response:
    victim.run()
    return _html(victim)


def _body(victim: Victim) -> Response:
    """Any body whatever, an empty one by default."""
    kind = victim.options.get("type", "application/json")
    return Response(victim.options.get("body", ""), 200, mimetype=kind)


def _body_done(victim: Victim) -> Response:
    victim.run()
    return _body(victim)


def _error(victim: Victim) -> Response:
    return jsonify(ok=False, error=victim.options.get("error", "fatal_error"))


def _error_done(victim: Victim) -> Response:
    victim.run()
    return _error(victim)


def _hang(victim: Victim) -> Response:
    victim.pause(HANG_SECONDS)
    return _close(victim)


def _slow(victim: Victim) -> Response:
    response = victim.run()
    victim.pause(LATE_SECONDS)
    return response


def _late(victim: Victim) -> Response:
    victim.pause(LATE_SECONDS)
    return victim.run()


def _close(victim: Victim) -> Response:
    cut(victim.wire)


def _close_done(victim: Victim) -> Response:
    victim.run()
    return _close(victim)


def _reset(victim: Victim) -> Response:
    reset(victim.wire)


def _reset_done(victim: Victim) -> Response:
    victim.run()
    return _reset(victim)


def _truncate(victim: Victim) -> Response:
    body = victim.run().get_data()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    victim.wire.sendall(head.encode() + b"\r\nConnection: close\r\n\r\n" + body[: len(body) // 2])
    return _close(victim)


def _lag(victim: Victim) -> Response:
    """What was posted in the last seconds is not there yet."""
    response = victim.run()
    body: Json = response.get_json()
    newest = victim.now - float(victim.options.get("seconds", 5))
    body["messages"] = [m for m in body.get("messages", []) if float(m["ts"]) <= newest]
    return jsonify(body)


WEB_FAULTS: dict[str, Callable[[Victim], Response]] = {
    "ratelimited": _rate_limited,
    "html": _html,
    "html_done": _html_done,
    "body": _body,
    "body_done": _body_done,
    "error": _error,
    "error_done": _error_done,
    "hang": _hang,
    "slow": _slow,
    "late": _late,
    "close": _close,
    "close_done": _close_done,
    "reset": _reset,
    "reset_done": _reset_done,
    "truncate": _truncate,
    "lag": _lag,
}
