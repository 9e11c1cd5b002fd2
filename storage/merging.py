"""Writing an incident that is not one update longer, but united with another copy of itself."""

from sqlalchemy import Connection, bindparam, insert, update

from bot.core.incident import Incident, Update
from storage import rows
from storage.schema import component_impact, incident, incident_update

_UPDATE_INCIDENT = update(incident).where(incident.c.id == bindparam("incident_id"))
_UPDATE_UPDATE = update(incident_update).where(incident_update.c.id == bindparam("update_id"))


def write(connection: Connection, now: Incident, was: Incident | None) -> None:
    """Make the rows of an incident say what it is now; `was` is what they say, if there are any."""
    known = {one.id: one for one in was.updates} if was else {}
    if was:
        row = rows.derived(now) | rows.window(now) | {"incident_id": now.id}
        connection.execute(_UPDATE_INCIDENT, row)
    else:
        connection.execute(insert(incident), rows.incident_row(now))
    _rewrite(connection, [one for one in now.updates if known.get(one.id, one) != one], known)
    _add(connection, now, [one for one in now.updates if one.id not in known])


def _rewrite(connection: Connection, changed: list[Update], known: dict[str, Update]) -> None:
    moved = [one for one in changed if one.number != known[one.id].number]
    if moved:  # out of each other's way first: no two may have one number
        away = [{"update_id": one.id, "number": -one.number} for one in moved]
        connection.execute(_UPDATE_UPDATE, away)
    if changed:
        now = [rows.changing(one) | {"update_id": one.id, "number": one.number} for one in changed]
        connection.execute(_UPDATE_UPDATE, now)


def _add(connection: Connection, now: Incident, new: list[Update]) -> None:
    if new:
        connection.execute(insert(incident_update), [rows.update_row(now, one) for one in new])
    if impacts := [row for one in new for row in rows.impact_rows(one)]:
        connection.execute(insert(component_impact), impacts)
