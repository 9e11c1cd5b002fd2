"""Messages to a response_url, sent from a thread of their own: no ack ever waits for one."""

import logging
import math
import queue
import threading
import time
from collections.abc import Mapping
from typing import Any

from bot.slack.client import ReplyClient, SlackFailure

log = logging.getLogger(__name__)

_WITHIN = 5.0
_MOST = 100
_LEEWAY = 1.0  # seconds to say of each that waits still that it comes too late


class Replier:
    """A short queue and the thread that empties it. What does not fit is dropped, and what fails
    is not repeated: nothing hangs on these messages, since the ledger has what was saved and
    `Replies` tells of it again, and one that comes late would replace a newer one.
    """

    def __init__(self, http: ReplyClient) -> None:
        self._http = http
        self._waiting: queue.SimpleQueue[tuple[str, Mapping[str, Any]] | None]
        self._waiting = queue.SimpleQueue()
        self._until = math.inf
        self._thread = threading.Thread(target=self._work, name="replier", daemon=True)
        self._thread.start()

    def send(self, url: str, message: Mapping[str, Any]) -> None:
        """Soon; returns at once."""
        if self._waiting.qsize() < _MOST:
            self._waiting.put((url, message))
        else:
            log.warning("too many replies are waiting; one is dropped")

    def close(self, timeout: float = 5.0) -> bool:
        """Send what is waiting while there is time, then stop. False: one is still on its way."""
        self._until = time.monotonic() + timeout
        self._waiting.put(None)
        self._thread.join(timeout + _LEEWAY)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            url, message = item
            try:
                within = min(_WITHIN, self._until - time.monotonic())
                self._http.post(url, message, within=within)
            except SlackFailure as failure:
                log.warning("a reply could not be delivered", extra={"error": failure.error})
