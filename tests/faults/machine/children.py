"""What is done to a child before it runs, beside the usual."""

import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot.app
import bot.loop
import bot.slack.announcer.trouble
import bot.slack.receiver
from bot.publish import publisher
from tests.support.machine import Clock


def impatient() -> None:
    """The channel hears after a second that the page is behind; what failed is soon repeated."""
    bot.slack.announcer.trouble.PATIENCE = timedelta(seconds=1)
    bot.loop._LONGEST_PAUSE = 2.0


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
