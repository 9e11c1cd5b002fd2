"""Rate limits: https://docs.slack.dev/apis/web-api/rate-limits."""

import math
from dataclasses import dataclass

from bot.sandbox.model.errors import SlackError

# Calls a minute, by tier; Slack says "at least" and lets short bursts through.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
POST_BURST = 4


class RateLimited(SlackError):  # noqa: N818 -- the error's own name
    """HTTP 429 with Retry-After."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


@dataclass
class Bucket:
    """Fills again at a steady rate."""

    size: float
    per_second: float
    left: float
    at: float

    def take(self, now: float) -> None:
        """One call; raises RateLimited."""
        self.left = min(self.size, self.left + (now - self.at) * self.per_second)
        self.at = now
        if self.left < 1:
            raise RateLimited(max(1, math.ceil((1 - self.left) / self.per_second)))
        self.left -= 1


class Rates:
    """A bucket for each method, and one for each channel that is posted to."""

    def __init__(self) -> None:
        self.buckets: dict[tuple[str, str], Bucket] = {}

    def call(self, method: str, tier: int, now: float) -> None:
        """Raises RateLimited when the method's minute is used up."""
        size = TIERS[tier]
        self._take((method, ""), size, size / 60, now)

    def post(self, method: str, channel: str, now: float) -> None:
        """About one message a second in a channel, with short bursts."""
        self._take((method, channel), POST_BURST, 1.0, now)

    def _take(self, key: tuple[str, str], size: float, per_second: float, now: float) -> None:
        self.buckets.setdefault(key, Bucket(size, per_second, size, now)).take(now)
