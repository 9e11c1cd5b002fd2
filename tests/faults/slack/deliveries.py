"""What can happen to a delivery between Slack and the program.

It stands below the journal, so that people hear what they would hear: a command whose ack was lost
failed, for all they know, and they type it again.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from bot.sandbox.inbound.envelope import DeliveryFailed, Envelope, Transport
from bot.sandbox.model.errors import Json

LATE = 0.5  # seconds: the person typed it again meanwhile

Deliver = Callable[[Envelope, float], Json | None]


class Mishaps:
    """A Transport that mistreats a share of what passes."""

    def __init__(self, way: Transport, random: Random, share: float) -> None:
        self.counts: Counter[str] = Counter()
        self._way, self._random, self._share = way, random, share
        self._late: list[threading.Thread] = []
        self._kinds: Mapping[str, Deliver] = {
            "sent again": self._sent_again,
            "twice at once": self._twice_at_once,
            "lost": self._lost,
            "ack lost": self._ack_lost,
            "overtaken": self._overtaken,
            "late": self._too_late,
        }

    def deliver(self, envelope: Envelope, seconds: float) -> Json | None:
        """As any Transport; raises DeliveryFailed."""
        if self._random.random() >= self._share:
            return self._way.deliver(envelope, seconds)
        kind = self._random.choice(list(self._kinds))
        self.counts[kind] += 1
        return self._kinds[kind](envelope, seconds)

    def join(self) -> None:
        """Wait for what is still on its way."""
        for one in self._late:
            one.join()

    def _sent_again(self, envelope: Envelope, seconds: float) -> Json | None:
        """As Slack does with what was not acknowledged; the first answer is the one shown."""
        answer = self._way.deliver(envelope, seconds)
        self._quietly(replace(envelope, retry=1, retry_reason="http_timeout"), seconds)
        return answer

    def _twice_at_once(self, envelope: Envelope, seconds: float) -> Json | None:
        other = self._aside(envelope, seconds)
        try:
            return self._way.deliver(envelope, seconds)
        finally:
            other.join()

    def _lost(self, _envelope: Envelope, _seconds: float) -> Json | None:
        raise DeliveryFailed("operation_timeout")

    def _ack_lost(self, envelope: Envelope, seconds: float) -> Json | None:
        self._way.deliver(envelope, seconds)
        raise DeliveryFailed("operation_timeout")

    def _overtaken(self, envelope: Envelope, seconds: float) -> Json | None:
        time.sleep(self._random.uniform(0, LATE))
        return self._way.deliver(envelope, seconds)

    def _too_late(self, envelope: Envelope, seconds: float) -> Json | None:
        self._late.append(self._aside(envelope, seconds, self._random.uniform(0, LATE)))
        raise DeliveryFailed("operation_timeout")

    def _aside(self, envelope: Envelope, seconds: float, after: float = 0) -> threading.Thread:
        def work() -> None:
            time.sleep(after)
            self._quietly(envelope, seconds)

        thread = threading.Thread(target=work, name="a delivery on its own way")
        thread.start()
        return thread

    def _quietly(self, envelope: Envelope, seconds: float) -> None:
        try:
            self._way.deliver(envelope, seconds)
        except DeliveryFailed:
            self.counts["and that one failed"] += 1
