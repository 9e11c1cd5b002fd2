"""What is done to a child before it runs, beside the usual."""

import os
import resource
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot.app
import bot.loop
import bot.slack.announcer.trouble
import bot.slack.receiver
from bot.loop import Loop
from bot.publish import publisher
from bot.slack.announcer import announcer
from tests.support.machine import Clock


def impatient() -> None:
    """The channel hears after a second that the page is behind; what failed is soon repeated."""
    bot.slack.announcer.trouble.PATIENCE = timedelta(seconds=1)
    announcer._SUSPECT = timedelta(seconds=2)  # a minute is all that the world has to settle in
    bot.loop._LONGEST_PAUSE = 2.0


def restless(tick: float) -> None:
    """Loops that hardly rest. Each turn is a byte in the file of the loop's name, below `turns`."""
    bot.loop.TICK = tick
    turn, turns = Loop.turn_once, Path.cwd() / "turns"
    turns.mkdir(exist_ok=True)

    def counted(loop: Loop) -> bool:
        if loop._tick is None:  # else its pace is its own
            with (turns / threading.current_thread().name).open("ab") as file:
                file.write(b".")
        return turn(loop)

    Loop.turn_once = counted  # type: ignore[assignment,method-assign]


def leak(size: int, every: int) -> None:
    """A seed: each look at the page keeps so many bytes, and one in `every` leaves a file open."""
    sync, kept = publisher.Publisher.sync, list[bytes]()

    def forgetful(one: publisher.Publisher, now: datetime) -> bool:
        kept.append(b"x" * size)
        if len(kept) % every == 0:
            os.open(os.devnull, os.O_RDONLY)
        return sync(one, now)

    publisher.Publisher.sync = forgetful  # type: ignore[assignment,method-assign]


def few_descriptors(most: int) -> None:
    """As under `ulimit -n`."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def in_its_own_time() -> None:
    """Wherever the program looks at the clock it is told what `Clock` says.

    The true Slack signs with the true time: what an hour's difference does to a signature is not
    what is looked at here. (libfaketime would do it from outside, but its sleep does not work with
    Python's, and every look costs as much as a query.)
    """
    clock = Clock(Path.cwd())
    true_now = bot.app.now

    def now() -> datetime:
        return datetime.fromtimestamp(clock.told(), UTC)

    time.time = clock.told
    for module in list(sys.modules.values()):
        if getattr(module, "now", None) is true_now:
            vars(module)["now"] = now
    bot.slack.receiver._MAX_AGE = 10**9
    publisher.CHECK_EVERY = timedelta(seconds=2)
