"""What a look found, and since when that is so."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

COUNTS_FOR = timedelta(seconds=30)  # a look; a process that was stopped meanwhile knows nothing


@dataclass(frozen=True)
class Check:
    """One thing that has to be in order; `why` is empty while it is."""

    why: str
    since: datetime  # it is in order, or it is not
    looked_at: datetime

    @property
    def ok(self) -> bool:
        return not self.why

    def found(self, why: str, now: datetime, since: datetime | None = None) -> "Check":
        """The next look's finding; `since` where it knows better than this one did."""
        began = since or (self.since if self.ok == (not why) else now)
        return Check(why, began, now)

    def is_recent(self, now: datetime) -> bool:
        """False for one from the future, too: the clock went back, and nobody looked since."""
        return abs(now - self.looked_at) <= COUNTS_FOR

    def as_of(self, now: datetime) -> "Check":
        """What may be said now: what was found long ago may no longer be so."""
        if self.is_recent(now):
            return self
        return replace(self, why="nobody looked since", since=min(self.looked_at, now))


def unknown(now: datetime) -> Check:
    """Before the first look."""
    return Check("nobody looked yet", now, now)
