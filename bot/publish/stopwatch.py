"""The time while something takes its time."""

import time
from datetime import datetime, timedelta


class Stopwatch:
    """Starts at a time given by the caller, and goes on from there."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)
