"""A long history, written straight into the tables: an incident a day, four updates each."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.core.ids import new_id
from bot.core.incident import Author, Incident, Update
from bot.core.page import Component
from bot.core.status import ComponentStatus, Kind, Phase
from storage import rows, schema
from storage.database import Database

ANA = Author("U0ANA", "Ana")
PHASES = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING, Phase.RESOLVED)
TEXT = "We see errors on some pages and are looking into it. Classes are *not* affected. " * 3
_BATCH = 500


def write(database: Database, incidents: int, until: datetime) -> None:
    """Resolved incidents, one a day back from `until`, oldest first, with their audit."""
    with database.write() as ledger:
        components = [one for one in ledger.components if not one.is_group]
        first = ledger.page.revision + 1
        told = _incidents(components, incidents, until, first)
        while batch := list(islice(told, _BATCH)):
            _insert(ledger.connection, batch)
        last = first + incidents - 1
        change_id = ledger.change_id(last)
        ledger.connection.execute(
            update(schema.page),
            {
                "revision": last,
                "change_id": change_id,
                "as_of": until,
                "next_number": incidents + 1,
            },
        )


def _incidents(
    components: list[Component], count: int, until: datetime, first: int
) -> Iterator[Incident]:
    for at in range(count):
        started = until - timedelta(days=count - at)
        component = components[at % len(components)]
        updates = tuple(
            _update(number, phase, started, component, first + at)
            for number, phase in enumerate(PHASES, start=1)
        )
        yield Incident(
            id=new_id(),
            number=at + 1,
            kind=Kind.INCIDENT,
            title=f"Trouble of day {at}",
            channel="C0INCIDENTS",
            opened_by=ANA,
            created_at=started,
            updated_at=updates[-1].created_at,
            updates=updates,
            revision=first + at,
        )


def _update(
    number: int, phase: Phase, started: datetime, component: Component, revision: int
) -> Update:
    at = started + timedelta(minutes=20 * number)
    said = (
        ComponentStatus.OPERATIONAL
        if phase is Phase.RESOLVED
        else ComponentStatus.DEGRADED_PERFORMANCE
    )
    return Update(
        id=new_id(),
        number=number,
        phase=phase,
        text=TEXT,
        author=ANA,
        created_at=at,
        display_at=at,
        statuses={component.id: said},
        revision=revision,
    )


def _insert(connection: Connection, batch: list[Incident]) -> None:
    updates = [(one, told) for one in batch for told in one.updates]
    incident_rows = [rows.incident_row(one) | {"told_revision": one.revision} for one in batch]
    connection.execute(insert(schema.incident), incident_rows)
    connection.execute(
        insert(schema.incident_update), [rows.update_row(one, told) for one, told in updates]
    )
    connection.execute(
        insert(schema.component_impact),
        [row for _, told in updates for row in rows.impact_rows(told)],
    )
    connection.execute(insert(schema.change), [_change(one) for one in batch])


def _change(incident: Incident) -> dict[str, Any]:
    return {
        "revision": incident.revision,
        "id": new_id(),
        "at": incident.updated_at,
        "what": "resolve",
        "key": f"history:{incident.number}",
        "author_id": ANA.id,
        "author_name": ANA.name,
        "incidents": json.dumps([incident.id]),
        "months": json.dumps([incident.updated_at.strftime("%Y-%m")]),
        "everything": False,
        "before": "[]",
        "after": "[]",
    }
