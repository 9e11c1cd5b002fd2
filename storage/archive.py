"""What archives ask of the ledger: outlines of incidents, without reading any text."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, case, false, func, select, true, union

from bot.core.status import ComponentStatus, Kind, Phase
from storage.schema import component_impact, incident, incident_update

Phases = tuple[tuple[datetime, Phase], ...]  # what each standing update said, oldest first


@dataclass(frozen=True)
class Outline:
    """An incident in short."""

    id: str
    number: int
    title: str
    kind: Kind
    worst: ComponentStatus  # that any standing update said of anything
    phases: Phases

    @property
    def started_at(self) -> datetime:
        return self.phases[0][0]


def outlines(connection: Connection, start: datetime, end: datetime) -> tuple[Outline, ...]:
    """Of what was told of in [start, end), or went on in it; in the order in which it began."""
    within = {"start": start, "end": end}
    told: dict[str, list[tuple[datetime, Phase]]] = defaultdict(list)
    for row in connection.execute(_TOLD, within):
        told[row.incident_id].append((row.display_at, Phase(row.phase)))
    found = (_outline(row, told) for row in connection.execute(_OUTLINES, within))
    return tuple(sorted(found, key=lambda one: (one.started_at, one.number)))


def _outline(row: Any, told: Mapping[str, list[tuple[datetime, Phase]]]) -> Outline:
    worst = _STATUSES[row.worst or 0]
    return Outline(row.id, row.number, row.title, Kind(row.kind), worst, tuple(told[row.id]))


_START: BindParameter[datetime] = bindparam("start")
_END: BindParameter[datetime] = bindparam("end")
_STATUSES = tuple(ComponentStatus)
_STANDING = incident_update.c.retracted_at.is_(None)
_SHOWN = select(incident_update.c.incident_id).where(
    _STANDING, incident_update.c.display_at >= _START, incident_update.c.display_at < _END
)
_OPEN = select(incident.c.id).where(incident.c.is_open == true(), incident.c.started_at < _END)
# Went on all the time without a word, and is over: asked for by what came later, of which the
# newest spans, and so the usual ones, have nothing.
_SILENT = select(incident.c.id).where(
    incident.c.shown_at >= _END,
    incident.c.started_at < _START,
    incident.c.is_withdrawn == false(),
)
_WITHIN = union(_SHOWN, _OPEN, _SILENT).subquery("within")

_TOLD = (
    select(incident_update.c.incident_id, incident_update.c.display_at, incident_update.c.phase)
    .join(_WITHIN, _WITHIN.c.incident_id == incident_update.c.incident_id)
    .where(_STANDING)
    .order_by(incident_update.c.incident_id, incident_update.c.number)
)
_SEVERITIES = {one.value: one.severity for one in _STATUSES}
_WORST = (
    select(func.max(case(_SEVERITIES, value=component_impact.c.status)))
    .join(incident_update, incident_update.c.id == component_impact.c.update_id)
    .where(incident_update.c.incident_id == incident.c.id, _STANDING)
    .scalar_subquery()
    .label("worst")
)
_OUTLINES = select(
    *(incident.c.id, incident.c.number, incident.c.title, incident.c.kind), _WORST
).join(_WITHIN, _WITHIN.c.incident_id == incident.c.id)
