"""The books of what is posted, written by two processes at the same instant."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.core.incident import Incident
from bot.slack.announcer.books import Books
from bot.slack.announcer.lookup import Found
from bot.slack.events import Events
from storage.database import Database
from storage.deliveries import Deliveries, Delivery
from storage.errors import LedgerUnavailable
from tests.slack.conftest import ON_BOTH

pytestmark = ON_BOTH

A_WHILE = 0.3  # seconds in which who does not wait is done


@pytest.fixture
def incident(say, database: Database) -> Incident:
    assert say("open www=down Site Outage | We see errors.").text.startswith("Saved")
    with database.read() as ledger:
        found = ledger.incident(1)
    assert found
    return found


@pytest.fixture
def delivery(incident: Incident, database: Database) -> Delivery:
    """The root's: looked for, and not there."""
    with database.write() as ledger:
        ledger.deliveries.look_for(incident)
        root = ledger.deliveries.of(incident.id)[0]
        ledger.deliveries.save(replace(root, attempt_at=None))
        return replace(root, attempt_at=None)


def careless(database: Database) -> Books:
    return Books(database, lambda _: None)


def stored(database: Database, one: Delivery) -> Delivery | None:
    with database.read() as ledger:
        return ledger.deliveries.get(one.id)


class Overtaken:
    """Somebody else, who acts once the books have been read; unless made to wait, at once."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._thread = threading.Thread(target=self._until_done)

    def __call__(self, _one: Delivery) -> None:
        self._thread.start()
        self._thread.join(A_WHILE)

    def _until_done(self) -> None:
        """A lock is waited for less than a second, and a machine may stand still for longer."""
        for _ in range(10):
            with suppress(LedgerUnavailable):
                self._act()
                return

    def done(self) -> None:
        self._thread.join()


def test_of_two_who_begin_the_same_post_at_once_one_may_send_it(bot, database, delivery):
    begun = replace(delivery, attempt_at=bot.now())
    theirs = []
    other = Overtaken(lambda: theirs.append(careless(database).change(delivery, begun)))
    ours = Books(database, other).change(delivery, begun)
    other.done()
    assert (ours, theirs) == (True, [False])


def test_what_is_looked_for_is_not_begun_meanwhile(bot, database, incident, delivery, monkeypatch):
    begun = replace(delivery, channel="C00000INC", attempt_at=bot.now())
    may_send = []
    other = Overtaken(lambda: may_send.append(careless(database).change(delivery, begun)))
    real = Deliveries.of

    def overtaken(deliveries, id_):
        known = real(deliveries, id_)
        other(delivery)
        return known

    monkeypatch.setattr(Deliveries, "of", overtaken)
    with database.write() as ledger:
        ledger.deliveries.look_for(incident)
    other.done()
    assert may_send == [False]


def test_a_message_that_is_deleted_meanwhile_stays_deleted(database, delivery):
    posted = replace(delivery, channel="C00000INC", ts="1.000000", version=1)
    assert careless(database).change(delivery, posted)
    event = {"subtype": "message_deleted", "channel": posted.channel, "deleted_ts": posted.ts}
    other = Overtaken(lambda: Events(database).heard(event))
    Books(database, other).keep(posted, Found("1.000000", 2))
    other.done()
    assert stored(database, delivery) == replace(posted, version=2, deleted=True)
