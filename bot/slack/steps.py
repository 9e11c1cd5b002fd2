"""Running a step until nothing is left, without keeping the loop for long."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

_BUDGET = 2.0  # seconds after which the loop gets its turn back


def until_done(one: Callable[[datetime], bool], now: datetime) -> bool:
    """Call `one` until it has nothing to do; each call hears the time it really is."""
    began = time.monotonic()
    did = False
    while (passed := time.monotonic() - began) < _BUDGET and one(now + timedelta(seconds=passed)):
        did = True
    return did
