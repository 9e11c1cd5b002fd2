"""A deadline for a whole call: httpx's time-outs are per read, and a slow sender never ends them.

Slack, or whatever stands between, may send one byte a second; no thread of ours waits for that.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

_NEVER = float("inf")
_deadline: ContextVar[float] = ContextVar("deadline", default=_NEVER)


@contextmanager
def deadline(moment: float) -> Iterator[None]:
    """Every read and write in the block ends by then (monotonic seconds)."""
    token = _deadline.set(moment)
    try:
        yield
    finally:
        _deadline.reset(token)


def keeping_deadlines(http: httpx.Client) -> httpx.Client:
    """The same client, whose sockets keep the deadline; through a proxy of the environment too."""
    for transport in (http._transport, *http._mounts.values()):  # noqa: SLF001 -- httpx has no option
        if isinstance(transport, httpx.HTTPTransport):
            pool: Any = transport._pool  # noqa: SLF001
            pool._network_backend = _Backend(pool._network_backend)  # noqa: SLF001
    return http


class _Backend:
    """Makes connections that keep the deadline, as httpcore's NetworkBackend."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> "_Stream":
        return _Stream(self._backend.connect_tcp(host, port, timeout=_left(timeout), **options))


class _Stream:
    """A connection that keeps the deadline, as httpcore's NetworkStream."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.close = stream.close
        self.get_extra_info = stream.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        received: bytes = self._stream.read(max_bytes, timeout=_left(timeout))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Raises WriteTimeout after the deadline, though there is room: it would be heard late."""
        if time.monotonic() > _deadline.get():
            raise httpcore.WriteTimeout
        self._stream.write(buffer, timeout=_left(timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout=_left(timeout)))


def _left(timeout: float | None) -> float | None:
    left = max(_deadline.get() - time.monotonic(), 0.001)  # zero would mean "do not block"
    if left == _NEVER:
        return timeout
    return left if timeout is None else min(left, timeout)
