"""What people see of what they typed, and a ledger that is away meanwhile."""

from contextlib import contextmanager

import pytest

from storage.database import Database
from storage.errors import LedgerUnavailable

OPEN = "open Site Outage | We see errors on the home page."


@contextmanager
def away(error=LedgerUnavailable, *, was_saved=False):
    """The ledger cannot be written to; perhaps it was, just before it went."""
    real = Database.telling

    @contextmanager
    def telling(self, cause, within=2.0):
        with real(self, cause) as ledger:  # however long that takes: PATIENCE is for the failures
            if not was_saved:
                raise error("gone")
            yield ledger
        raise error("gone")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Database, "telling", telling)
        patched.setattr("bot.commands._run.PATIENCE", 0.1)
        yield


def buttons(message):
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def answered(slack, person="ana", count=2):
    """What somebody sees once `count` ephemerals are there."""
    return slack.wait_for(lambda: (seen := slack.ephemerals(person))[count - 1 :] and seen)
