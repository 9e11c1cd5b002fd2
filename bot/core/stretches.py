"""When an incident was going on, told by its phases alone. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.status import Phase


@dataclass(frozen=True)
class Stretch:
    """A time in which it went on without a break."""

    start: datetime
    end: datetime | None  # not included; None while it goes on


def stretches(told: Iterable[tuple[datetime, Phase]]) -> Iterator[Stretch]:
    """Those that standing updates make, each a time and a phase, oldest first.

    What is only planned does not go on yet, and what is told after the end adds nothing to it.
    """
    start = None
    for at, phase in told:
        if phase.is_running:
            start = start or at
        elif start:
            yield Stretch(start, at)
            start = None
    if start:
        yield Stretch(start, None)
