"""What the page asks of the ledger, beside what commands ask."""

from datetime import timedelta

from bot.core.incident import Incident
from bot.core.status import ComponentStatus, Phase
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


def test_what_was_shown_since_a_time_and_what_of_it_names_a_component(database):
    down = {"www": ComponentStatus.MAJOR_OUTAGE}
    ago = {name: NOON - timedelta(days=days) for name, days in (("old", 9), ("new", 1))}
    open_incident(database, "Over", display_at=ago["old"], statuses=down)
    tell(database, 1, Phase.RESOLVED, display_at=ago["old"])
    open_incident(database, "Named long ago", display_at=ago["old"], statuses=down)
    tell(database, 2, Phase.MONITORING, display_at=ago["new"])
    open_incident(database, "Of nothing", display_at=ago["new"])
    open_incident(database, "Withdrawn", display_at=ago["new"], statuses=down)
    retract(database, 4)
    open_incident(database, "Taken back", display_at=ago["new"])
    tell(database, 5, display_at=NOON, statuses=down)
    retract(database, 5)
    start = NOON - timedelta(days=2)
    with database.read() as ledger:
        www, other, *_ = ledger.components
        assert {one.number for one in ledger.shown_since(start)} == {2, 3, 5}
        assert [one.number for one in ledger.shown_since(start, www.id)] == [2]
        assert ledger.shown_since(start, other.id) == ()


def test_a_revision_knows_when_it_was_made(database):
    opened = open_incident(database)
    with database.read() as ledger:
        assert ledger.told_at(opened.revision) == ledger.page.as_of
        assert ledger.told_at(opened.revision + 1) is None


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
