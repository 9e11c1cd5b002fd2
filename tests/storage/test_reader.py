"""What the page asks of the ledger, beside what commands ask."""

from datetime import timedelta

from bot.core.incident import Incident
from bot.core.status import Phase
from tests.support.telling import NOON, edit, open_incident, retract, tell


def test_what_was_told_of_in_spans_of_time(database):
    open_incident(database, "First", display_at=NOON - timedelta(days=3))
    tell(database, 1, Phase.RESOLVED, display_at=NOON - timedelta(days=1))
    open_incident(database, "Second", display_at=NOON - timedelta(days=1))
    open_incident(database, "Withdrawn", display_at=NOON - timedelta(days=1))
    retract(database, 3)
    edges = [NOON - timedelta(days=days) for days in (4, 2, 0)]
    with database.read() as ledger:
        found = ledger.reported_between(edges)
    assert [(one.span, one.title) for one in found] == [(0, "First"), (1, "First"), (1, "Second")]


def test_incidents_are_gone_through_by_number(database):
    for _ in range(3):
        open_incident(database)
    with database.read() as ledger:
        assert [one.number for one in ledger.incidents_after(0, 2)] == [1, 2]
        assert [one.number for one in ledger.incidents_after(2, 2)] == [3]
        assert ledger.incidents_after(3, 2) == ()


def test_what_is_known_is_read_again_only_once_it_changed(database):
    open_incident(database)
    known: dict[str, Incident] = {}
    with database.read() as ledger:
        ledger.known = known
        first = ledger.incident(1)
    with database.read() as ledger:
        ledger.known = known
        assert ledger.incident(1) is first
    edit(database, 1, "Corrected.")
    with database.read() as ledger:
        ledger.known = known
        again = ledger.incident(1)
        assert again == database_says(database)
    assert again is not None
    assert again.updates[0].text == "Corrected."


def database_says(database):
    with database.read() as ledger:
        return ledger.incident(1)
