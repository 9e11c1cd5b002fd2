"""Events, sent one after the other by a thread of their own, and again when they fail.

https://docs.slack.dev/apis/events-api#retries
"""

import queue
import secrets
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.sandbox.inbound.envelope import DeliveryFailed, Envelope
from bot.sandbox.model.errors import Json

RETRIES = (0.0, 60.0, 300.0)
REASONS = {"operation_timeout": "http_timeout", "dispatch_failed": "http_error"}

Send = Callable[[Envelope], Json | None]


@dataclass(frozen=True)
class _Stop:
    """Ends the thread."""


class Events:
    """Takes events from the workspace and sees to it that the app gets them."""

    def __init__(
        self, send: Send, wrap: Callable[[Json], Json], retries: tuple[float, ...] = RETRIES
    ) -> None:
        self._send, self._wrap, self._retries = send, wrap, retries
        self._queue: queue.SimpleQueue[Envelope | _Stop] = queue.SimpleQueue()
        self._timers: list[threading.Timer] = []
        self._thread = threading.Thread(target=self._work, name="sandbox events", daemon=True)
        self._stopped = False

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send nothing more, and wait until nothing is under way."""
        self._stopped = True
        self._queue.put(_Stop())
        self._thread.join()
        for timer in self._timers:
            timer.cancel()
            timer.join()

    def put(self, event: Json) -> None:
        """Send it soon."""
        self._queue.put(Envelope(new_id(), "events_api", self._wrap(event)))

    def _work(self) -> None:
        while not isinstance(envelope := self._queue.get(), _Stop):
            try:
                self._send(envelope)
            except DeliveryFailed as failed:
                if failed.may_retry and not self._stopped:
                    self._later(envelope, failed)

    def _later(self, envelope: Envelope, failed: DeliveryFailed) -> None:
        if envelope.retry >= len(self._retries):
            return
        reason = REASONS.get(failed.error, "unknown_error")
        again = replace(envelope, retry=envelope.retry + 1, retry_reason=reason)
        timer = threading.Timer(self._retries[envelope.retry], self._queue.put, (again,))
        timer.daemon = True
        self._timers = [each for each in self._timers if each.is_alive()] + [timer]
        timer.start()


def new_id() -> str:
    """An envelope's id: a UUID, as Slack's."""
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
