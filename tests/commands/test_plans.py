"""No question a command asks grows with the history: from the database's own query plans."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.clock import keep_time
from bot.core.status import Kind
from tests.bench import history
from tests.support.telling import NOON

GROWING = "incident|incident_update|component_impact|change|request|delivery|document"
SCAN = re.compile(rf"\bSCAN ({GROWING})\b(?! USING (COVERING )?INDEX ix_\w+_(open|untold|reply))")
LINES = [
    "open www=down Site Outage | We see an outage.",
    "update More.",
    "identified class=slow A cable.",
    "edit Better words.",
    "retract",
    "resolve All is well.",
    "rename #301 Another title",
    "reopen #301 It is back.",
    "list",
    "show #301",
    "timeline #301",
    "page",
    "components",
]
MAINTENANCE_LINES = [
    "schedule www from=22:00 for=3h Moving house | We move.",
    "extend until=2013-02-23T02:00",
    "start",
    "update More.",
    "retract",
    "rename Moving",
    "list",
    "show",
    "timeline",
    "complete #301",
]


@pytest.fixture
def plans(desk):
    """Every statement's plan, taken as it is executed."""
    history.write(desk.database, 300, NOON - timedelta(days=1))
    found: list[tuple[str, str]] = []

    def explain(connection, _cursor, statement, parameters, *more):
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            one = parameters[0] if more[-1] else parameters  # executemany
            asked = connection.connection.driver_connection.execute(
                f"EXPLAIN QUERY PLAN {statement}", one
            )
            found.extend((statement, row[3]) for row in asked)

    event.listen(desk.database.engine, "before_cursor_execute", explain)
    yield found
    event.remove(desk.database.engine, "before_cursor_execute", explain)


def test_no_command_reads_through_the_history(desk, plans):
    for line in LINES:
        assert not desk.say(line).refused, line
    assert plans
    assert [(plan, statement) for statement, plan in plans if SCAN.search(plan)] == []


def test_no_command_about_maintenances_does_either(desk, plans):
    for line in MAINTENANCE_LINES:
        assert not desk.say(line, about=Kind.MAINTENANCE).refused, line
    keep_time(desk.database)(desk.now + timedelta(days=1))
    assert plans
    assert [(plan, statement) for statement, plan in plans if SCAN.search(plan)] == []


def test_a_scan_would_be_found(desk, plans):
    with desk.database.read() as ledger:
        ledger.connection.exec_driver_sql("SELECT text FROM incident_update WHERE text = ''").all()
    assert any(SCAN.search(plan) for _, plan in plans)
