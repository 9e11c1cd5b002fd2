"""What is done to a child before it runs, beside the usual."""

import select
import time
from datetime import timedelta

import bot.slack.announcer.trouble
import bot.slack.receiver
from bot.publish import publisher


def impatient() -> None:
    """The channel hears after a second that the page is behind, and not after ten."""
    bot.slack.announcer.trouble.PATIENCE = timedelta(seconds=1)


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


def in_its_own_time() -> None:
    """Its clock is told by libfaketime, whose sleep does not work with Python's.

    The true Slack signs with the true time: what an hour's difference does to a signature is not
    what is looked at here.
    """
    time.sleep = _sleep  # type: ignore[assignment]
    bot.slack.receiver._MAX_AGE = 10**9
    publisher.CHECK_EVERY = timedelta(seconds=2)
