"""What the page asks of the ledger, beside what commands ask."""

from datetime import timedelta

import pytest

from bot.core.status import ComponentStatus, Kind, Phase
from storage.known import Known
from tests.support.telling import NOON, edit, open_incident, retract, tell

SLOW = {"www": ComponentStatus.DEGRADED_PERFORMANCE}


def ago(days):
    return NOON - timedelta(days=days)


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (9, None, ["open since before"]),
        (9, 1, ["open all the time, over since"]),
        (9, 3, ["over within"]),
        (9, 5, []),
        (5, 4, ["over as it begins"]),
        (3, None, ["begun within"]),
        (2, None, []),
    ],
)
def test_an_outline_is_of_what_was_told_of_in_a_time_or_went_on_in_it(
    database, begins, ends, expected
):
    title = expected[0] if expected else "not then"
    one = open_incident(database, title, display_at=ago(begins), statuses=SLOW)
    if ends:
        tell(database, one.number, Phase.RESOLVED, display_at=ago(ends))
    open_incident(database, "Withdrawn", display_at=ago(3))
    retract(database, 2)
    with database.read() as ledger:
        found = ledger.outlines(ago(4), ago(2))
    assert [each.title for each in found] == expected


def test_an_outline_has_the_phases_that_stand_and_the_worst_of_them(database):
    one = open_incident(database, display_at=ago(3), statuses=SLOW)
    tell(database, 1, Phase.MONITORING, statuses={"www": ComponentStatus.MAJOR_OUTAGE})
    retract(database, 1)
    tell(database, 1, Phase.RESOLVED)
    open_incident(database, "Earlier", display_at=ago(4))
    with database.read() as ledger:
        earlier, found = ledger.outlines(ago(9), ago(2))
        closed = ledger.incident(1).shown_at
    assert earlier.title == "Earlier"
    assert (found.id, found.kind, found.worst) == (one.id, Kind.INCIDENT, SLOW["www"])
    assert found.phases == ((ago(3), Phase.INVESTIGATING), (closed, Phase.RESOLVED))


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
        assert [one.number for one in ledger.named_last(www.id, start, 9)] == [4, 5, 2]
        assert [one.number for one in ledger.named_last(www.id, start, 1)] == [4]
        assert ledger.named_last(other.id, start, 9) == ()


def test_a_withdrawn_report_went_on_at_no_time(database):
    open_incident(database)
    retract(database, 1, at=NOON + timedelta(days=9))
    with database.read() as ledger:
        assert ledger.outlines(NOON + timedelta(days=2), NOON + timedelta(days=4)) == ()


def test_a_ledger_knows_when_it_last_changed_what_readers_were_told(database):
    with database.read() as ledger:
        assert ledger.last_changed_at() is None
    open_incident(database)
    retract(database, 1, at=NOON + timedelta(days=9))
    with database.read() as ledger:
        assert ledger.last_changed_at() == NOON + timedelta(days=9)


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
    known = Known()
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
