"""Waiting by a clock that may be set.

A clock that is set back an hour must not make a second's wait an hour longer: who finds that it is
earlier than when the wait began has waited long enough.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Wait:
    """From one moment until another."""

    since: datetime
    until: datetime

    def lasts(self, now: datetime) -> bool:
        return self.since <= now < self.until


def wait_for(span: timedelta, now: datetime) -> Wait:
    """Begin to wait."""
    return Wait(now, now + span)


def is_waiting(wait: Wait | None, now: datetime) -> bool:
    """True while there is something to wait for."""
    return wait is not None and wait.lasts(now)
