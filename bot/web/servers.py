"""Serving the app: waitress inside this process, granian for processes of its own.

Neither gives a request a thread before it is all here, and both hang up on whoever takes too long
to send one: slow senders cost connections, never workers.
"""

import resource
import socket
import threading
import time
from collections.abc import Callable
from typing import Self

from flask import Flask
from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.server import create_server  # type: ignore[import-untyped]

from bot.slack.receiver import MAX_BODY
from bot.web.whole import THREADS, WITHIN, load

_IDLE = 30  # seconds without a byte
_CONNECTIONS = 1000  # at once; what is beyond waits to be accepted
_TIDY = 1  # seconds between looks for who is too slow
_DRAIN = 5.0
_LOOK = 0.01


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows since when it has been receiving a request."""

    began = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.monotonic()
        return bool(super().received(data))

    def tidy(self) -> None:
        """Hang up when the request under way takes too long to arrive."""
        if self.request is not None and time.monotonic() - self.began > WITHIN:
            self.will_close = True


class Server:
    """A running HTTP server. `close` answers what is being answered, then stops."""

    def __init__(self, app: Flask, host: str, port: int, threads: int = THREADS) -> None:
        self._server = create_server(
            app,
            sockets=[_listening(host, port)],
            threads=threads,
            channel_timeout=_IDLE,
            cleanup_interval=_TIDY,
            connection_limit=_connections(),
            asyncore_use_poll=True,  # select knows no descriptor above 1,023
            max_request_body_size=MAX_BODY,
            clear_untrusted_proxy_headers=True,
            ident=None,
        )
        self._server.channel_class = _Channel
        self._tidy_idle, self._server.maintenance = self._server.maintenance, self._tidy
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, drain: float = _DRAIN) -> None:
        """Accept nothing new, finish what is under way within so many seconds, stop."""
        self._have_done(self._stop_accepting)
        give_up = time.monotonic() + drain
        while self._is_busy() and time.monotonic() < give_up:
            time.sleep(_LOOK)
        self._have_done(self._stop)
        self._thread.join()

    def _have_done(self, what: Callable[[], None]) -> None:
        """Wake the server's thread to do it, and not before all is said.

        It may be awake: between the two halves of waitress' own `pull_trigger` it would stop, and
        the second one write into a pipe that is closed by then.
        """
        trigger = self._server.trigger
        with trigger.lock:
            trigger.thunks.append(what)
            trigger.pull_trigger()

    def _is_busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)

    # These run in the server's own thread, the only one that may touch its sockets.

    def _tidy(self, now: float) -> None:
        self._tidy_idle(now)
        for channel in self._server.active_channels.values():
            channel.tidy()

    def _stop_accepting(self) -> None:
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()

    def _stop(self) -> None:
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._server._map)  # noqa: SLF001 -- its loop ends when this is empty


def serve(app: Flask, host: str, port: int, threads: int = THREADS) -> Server:
    """Serve from threads of this process; port 0 takes a free one. Raises OSError."""
    return Server(app, host, port, threads)


def ensure_free(host: str, port: int) -> None:
    """Raise OSError unless somebody can listen there. Nobody who asks meanwhile is answered."""
    _listening(host, port).close()


def serve_workers(target: str, host: str, port: int, workers: int = 1) -> None:
    """Serve `module:factory` with granian until SIGTERM or SIGINT; the factory makes a WSGI app.

    Raises OSError when the port cannot be listened on.
    """
    from granian import Granian  # noqa: PLC0415 -- an extra: only production installs it
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
    from granian.http import HTTP1Settings  # noqa: PLC0415

    ensure_free(host, port)  # granian's own word for it is a RuntimeError with a backtrace
    Granian(
        target,
        address=host,
        port=port,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(_DRAIN),
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,  # what may be either has no deadline before its first byte
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=WITHIN * 1000),
        workers=workers,
    ).serve(target_loader=load)


def _connections() -> int:
    """Half of the descriptors that this process may open, at most: the ledger needs some too."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(_CONNECTIONS, allowed // 2)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), port), family=family)
