"""When a step began: by the clock that people read, and by the one that never jumps."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Began:
    """`at` and `monotonic` (seconds) are the same instant."""

    at: datetime
    monotonic: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The time it has become since; Slack's Retry-After counts from there."""
        return self.at + timedelta(seconds=time.monotonic() - self.monotonic)
