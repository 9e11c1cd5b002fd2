"""Werkzeug's threaded server, on loopback, that stops completely."""

import logging
import socket
import threading
from contextlib import suppress
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

log = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"
BACKLOG = 128


class _Handler(WSGIRequestHandler):
    """Logs at debug level: a person at the sandbox wants to read the bot's own lines."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 -- Werkzeug's name
        """Werkzeug's errors stay errors."""
        level = logging.ERROR if type == "error" else logging.DEBUG
        log.log(level, message, *args)


class _Server(ThreadedWSGIServer):
    """Knows its open connections and joins its threads, so that nothing is left of it."""

    daemon_threads = False

    def __init__(self, port: int, app: Any) -> None:
        self.open: set[socket.socket] = set()
        self.lock = threading.Lock()
        # Bound here because Werkzeug would end the program when the port is taken.
        with socket.create_server((LOOPBACK, port), backlog=BACKLOG) as listening:
            super().__init__(LOOPBACK, port, app, _Handler, fd=listening.fileno())

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.lock:
            self.open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """End every open connection, so that the threads that are then joined come to their end."""
        with self.lock:
            for each in self.open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        super().server_close()


class HttpServer:
    """Serves a WSGI application on a loopback port; port 0 picks a free one."""

    def __init__(self, app: Any, port: int) -> None:
        self._app, self.port = app, port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; the second time on the same port as the first. Raises OSError."""
        self._server = _Server(self.port, self._app)
        self.port = self._server.port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="sandbox server"
        )
        self._thread.start()

    def stop(self) -> None:
        """Refuse new connections, end the open ones, and wait for every thread."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server = None
