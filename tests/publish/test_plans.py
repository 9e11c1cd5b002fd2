"""Publishing after one update asks bounded questions only, whatever the length of history."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.core.status import ComponentStatus, Phase
from tests.bench import history
from tests.support.telling import NOON, open_incident, tell

GROWING = {"incident", "incident_update", "component_impact", "change", "document", "delivery"}
PARTIAL = {"ix_incident_open"}
SCAN = re.compile(r"SCAN (?P<table>\w+)(?: USING (?:COVERING )?INDEX (?P<index>\w+))?")
SLOW = {"www": ComponentStatus.DEGRADED_PERFORMANCE}


@pytest.fixture
def statements(desk):
    """Every statement executed, with its parameters."""
    seen = []

    def note(_connection, _cursor, statement, parameters, _context, executemany):
        seen.append((statement, parameters[0] if executemany else parameters))

    event.listen(desk.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(desk.database.engine, "before_cursor_execute", note)


def plan(desk, statement, parameters):
    with desk.database.read() as ledger:
        found = ledger.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row.detail for row in found]


def scans(statement, details):
    """The growing tables that a plan goes through from end to end.

    A partial index holds only what it is about; and an index gone through in its own order, up to
    a limit, ends after so many rows.
    """
    stops = " LIMIT " in statement and "USE TEMP B-TREE FOR ORDER BY" not in details
    found = [match for detail in details if (match := SCAN.match(detail))]
    return {
        match["table"]
        for match in found
        if match["table"] in GROWING
        and match["index"] not in PARTIAL
        and not (stops and match["index"])
    }


@pytest.fixture
def long_history(desk):
    history.write(desk.database, 300, NOON)
    open_incident(desk.database, at=NOON + timedelta(minutes=1), statuses=SLOW)
    desk.sync()


@pytest.mark.usefixtures("long_history")
def test_no_question_scans_the_history(desk, statements):
    tell(desk.database, 301, Phase.IDENTIFIED, at=desk.now(), statuses=SLOW)
    statements.clear()
    assert desk.sync()
    executed = [one for one in statements if one[0].startswith(("SELECT", "UPDATE", "DELETE"))]
    assert len(executed) > 10
    for statement, parameters in executed:
        details = plan(desk, statement, parameters)
        assert scans(statement, details) == set(), (statement, details)


def test_the_checker_finds_a_scan(desk):
    for statement in (
        "SELECT * FROM incident WHERE title = 'x'",
        "SELECT * FROM incident ORDER BY title LIMIT 5",
        "SELECT count(*) FROM incident_update",
    ):
        assert scans(statement, plan(desk, statement, ())), statement


@pytest.mark.usefixtures("long_history")
def test_what_was_read_before_is_not_read_again(desk, statements):
    tell(desk.database, 301, Phase.IDENTIFIED, at=desk.now())
    desk.sync()
    tell(desk.database, 301, Phase.MONITORING, at=desk.now())
    statements.clear()
    assert desk.sync()
    read = {ids for statement, ids in statements if "incident_update.text" in statement}
    with desk.database.read() as ledger:
        changed = ledger.incident(301)
    assert changed is not None
    assert read == {(changed.id,)}
