"""Serving the app: waitress inside this process, granian for processes of its own."""

import socket
import threading
import time
from typing import Self

from flask import Flask
from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.server import create_server  # type: ignore[import-untyped]

from bot.slack.receiver import MAX_BODY

_THREADS = 8  # as many commands wait for the ledger at once; its pool is as large
_SLOW_SENDER = 30  # seconds without a byte
_DRAIN = 5.0
_LOOK = 0.01


class Server:
    """A running HTTP server. `close` answers what is being answered, then stops."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._server = create_server(
            app,
            sockets=[_listening(host, port)],
            threads=_THREADS,
            channel_timeout=_SLOW_SENDER,
            max_request_body_size=MAX_BODY,
            clear_untrusted_proxy_headers=True,
            ident=None,
        )
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, name="http")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, drain: float = _DRAIN) -> None:
        """Accept nothing new, finish what is under way within so many seconds, stop."""
        self._server.trigger.pull_trigger(self._stop_accepting)
        give_up = time.monotonic() + drain
        while self._is_busy() and time.monotonic() < give_up:
            time.sleep(_LOOK)
        self._server.trigger.pull_trigger(self._stop)
        self._thread.join()

    def _is_busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)

    # These two run in the server's own thread, the only one that may touch its sockets.

    def _stop_accepting(self) -> None:
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()

    def _stop(self) -> None:
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._server._map)  # noqa: SLF001 -- its loop ends when this is empty


def serve(app: Flask, host: str, port: int) -> Server:
    """Serve from threads of this process; port 0 takes a free one. Raises OSError."""
    return Server(app, host, port)


def serve_workers(target: str, host: str, port: int, workers: int = 1) -> None:
    """Serve `module:factory` with granian until SIGTERM or SIGINT; the factory makes a WSGI app.

    Raises OSError when the port cannot be listened on.
    """
    from granian import Granian  # noqa: PLC0415 -- an extra: only production installs it
    from granian.constants import Interfaces  # noqa: PLC0415

    _listening(host, port).close()  # granian's own word for it is a RuntimeError with a backtrace
    Granian(
        target,
        address=host,
        port=port,
        blocking_threads=_THREADS,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(_DRAIN),
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
    ).serve()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), port), family=family)
