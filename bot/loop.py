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

from bot.core.errors import Trouble
from bot.core.observer import NOBODY, Observer

log = logging.getLogger(__name__)

TICK = 1.0  # seconds; enough alone, with no wake-up at all
_LONGEST_PAUSE = 15.0

Step = Callable[[datetime], bool]  # does what is due and says whether anything was


def _always(_now: datetime) -> bool:
    return True


class Loop:
    """Runs its steps, one after the other, whenever `may_run` says that it may."""

    def __init__(
        self,
        steps: Sequence[Step],
        now: Callable[[], datetime],
        may_run: Step = _always,
        *,
        tick: float | None = None,
        observer: Observer = NOBODY,
    ) -> None:
        self._steps = steps
        self._now = now
        self._may_run = may_run
        self._tick = tick
        self._observer = observer
        self._pauses: dict[Step, tuple[float, float]] = {}  # not before, and how long next time
        self._hint = threading.Event()
        self._stopping = False

    def start(self, name: str) -> threading.Thread:
        thread = threading.Thread(target=self.run, name=name, daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """Until `stop` is called."""
        while not self._stopping:
            self._hint.clear()
            self.turn_once()
            self._hint.wait(self._tick or TICK)

    def wake(self) -> None:
        """There may be work."""
        self._hint.set()

    def stop(self) -> None:
        self._stopping = True
        self._hint.set()

    def turn_once(self) -> bool:
        """One round of all steps; True when anything was done."""
        if not self._attempt(self._may_run):
            return False
        done = [self._attempt(step) for step in self._steps]
        return any(done)

    def _attempt(self, step: Step) -> bool:
        not_before, pause = self._pauses.get(step, (0.0, TICK))
        if time.monotonic() < not_before or self._stopping:
            return False
        try:
            done = step(self._now())
        except Trouble as trouble:
            log.warning("%s: %s; will try again in %.0f s", _name(step), trouble, pause)
        except Exception:
            log.exception("%s failed; will try again in %.0f s", _name(step), pause)
        else:
            self._pauses.pop(step, None)
            return done
        self._observer.failed(_name(step))
        self._pauses[step] = (time.monotonic() + pause, min(pause * 2, _LONGEST_PAUSE))
        return False


def _name(step: Step) -> str:
    return getattr(step, "__qualname__", repr(step))
