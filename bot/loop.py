"""The loop: on a wake-up or a tick, let each step catch up with the ledger.

Level-triggered: a step asks what the outside has not seen yet, so a lost wake-up costs a second
and a failed step is simply tried again. Steps that must not wait for each other get loops of
their own.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

log = logging.getLogger(__name__)

TICK = 1.0  # seconds; enough alone, with no wake-up at all
_LONGEST_PAUSE = 15.0

Step = Callable[[datetime], bool]  # does what is due and says whether anything was


class Turn(Protocol):
    """Who may run the loop: one process at a time."""

    def take(self) -> bool:
        """Take the turn if it is free; True while it is ours."""


class Loop:
    """Runs its steps, one after the other, while this process has the turn."""

    def __init__(self, steps: Sequence[Step], turn: Turn, now: Callable[[], datetime]) -> None:
        self._steps = steps
        self._turn = turn
        self._now = now
        self._pauses: dict[Step, tuple[float, float]] = {}  # not before, and how long next time
        self._hint = threading.Event()
        self._stopping = False

    def start(self, name: str) -> threading.Thread:
        thread = threading.Thread(target=self.run, name=name)
        thread.start()
        return thread

    def run(self) -> None:
        """Until `stop` is called."""
        while not self._stopping:
            self._hint.clear()
            self.turn_once()
            self._hint.wait(TICK)

    def wake(self) -> None:
        """There may be work."""
        self._hint.set()

    def stop(self) -> None:
        self._stopping = True
        self._hint.set()

    def turn_once(self) -> bool:
        """One round of all steps; True when anything was done."""
        if not self._attempt(self._has_turn):
            return False
        done = [self._attempt(step) for step in self._steps]
        return any(done)

    def _has_turn(self, _now: datetime) -> bool:
        return self._turn.take()

    def _attempt(self, step: Step) -> bool:
        not_before, pause = self._pauses.get(step, (0.0, TICK))
        if time.monotonic() < not_before or self._stopping:
            return False
        try:
            done = step(self._now())
        except Exception:
            log.exception("%s failed; will try again in %.0f s", _name(step), pause)
            self._pauses[step] = (time.monotonic() + pause, min(pause * 2, _LONGEST_PAUSE))
            return False
        self._pauses.pop(step, None)
        return done


def _name(step: Step) -> str:
    return getattr(step, "__qualname__", repr(step))
