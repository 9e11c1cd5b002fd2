"""Messages to a response_url, sent from a thread of their own: no ack ever waits for one."""

import logging
import queue
import threading
from collections.abc import Mapping
from typing import Any

from bot.slack.client import ReplyClient, SlackFailure

log = logging.getLogger(__name__)

_WITHIN = 5.0
_MOST = 100


class Replier:
    """A short queue and the thread that empties it. What does not fit is dropped: nothing hangs
    on these messages, since the ledger has what was saved and `Replies` tells of it again.
    """

    def __init__(self, http: ReplyClient) -> None:
        self._http = http
        self._waiting: queue.Queue[tuple[str, Mapping[str, Any]] | None] = queue.Queue(_MOST)
        self._thread = threading.Thread(target=self._work, name="replier", daemon=True)
        self._thread.start()

    def send(self, url: str, message: Mapping[str, Any]) -> None:
        """Soon; returns at once."""
        try:
            self._waiting.put_nowait((url, message))
        except queue.Full:
            log.warning("too many replies are waiting; one is dropped")

    def close(self, timeout: float = 5.0) -> None:
        """Send what is waiting, then stop."""
        try:
            self._waiting.put(None, timeout=timeout)
        except queue.Full:
            return
        self._thread.join(timeout)

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            url, message = item
            try:
                self._http.post(url, message, within=_WITHIN)
            except SlackFailure as failure:
                log.warning("a reply could not be delivered", extra={"error": failure.error})
