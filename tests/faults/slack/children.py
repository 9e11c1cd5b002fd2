"""What is done to a child before it runs, beside the usual."""

from datetime import timedelta
from functools import partial

import bot.processes
from bot.slack.announcer import Announcer, announcer, trouble
from bot.slack.client import Client
from tests.faults.child import SETTLE, TIMEOUT


def impatient() -> None:
    """Who is refused asks again after a second, not a minute."""
    vars(announcer)["_REFUSED"] = timedelta(seconds=1)
    vars(announcer)["_AGAIN"] = timedelta(seconds=1)
    vars(trouble)["PATIENCE"] = timedelta(seconds=1)


def at_its_own_pace() -> None:
    """Posts time out soon, but a channel gets one message a second, as Slack wants it."""
    vars(bot.processes)["Announcer"] = partial(Announcer, settle=SETTLE)
    assert Client.call.__kwdefaults__
    Client.call.__kwdefaults__["within"] = TIMEOUT
