"""What archives ask of the ledger: outlines of incidents, without reading every update."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from bot.core.status import ComponentStatus, Kind
from storage.schema import component_impact, incident, incident_update

_STATUSES = tuple(ComponentStatus)


@dataclass(frozen=True)
class Reported:
    """An incident of which something was told in one span of time."""

    span: int  # which of the spans asked for, from 0
    id: str
    title: str
    kind: Kind
    started_at: datetime
    ended_at: datetime | None  # None while it is open
    scheduled_for: datetime | None
    scheduled_until: datetime | None
    worst: ComponentStatus  # that any standing update said of anything


def reported_between(connection: Connection, edges: Sequence[datetime]) -> tuple[Reported, ...]:
    """What was told of in each of the spans that these rising moments divide time into."""
    shown = incident_update.c.display_at
    span = case(*((shown < edge, at) for at, edge in enumerate(edges[1:]))).label("span")
    within = (
        select(span, incident_update.c.incident_id)
        .where(incident_update.c.retracted_at.is_(None), shown >= edges[0], shown < edges[-1])
        .distinct()
        .subquery()
    )
    query = select(within.c.span, *_OUTLINE, _WORST).join(
        within, within.c.incident_id == incident.c.id
    )
    found = sorted(
        connection.execute(query), key=lambda row: (row.span, row.started_at, row.number)
    )
    return tuple(_reported(row) for row in found)


_OUTLINE = tuple(
    incident.c[name]
    for name in (
        *("id", "number", "title", "kind", "is_open", "started_at", "shown_at"),
        *("scheduled_for", "scheduled_until"),
    )
)
_WORST = (
    select(
        func.max(
            case({one.value: one.severity for one in _STATUSES}, value=component_impact.c.status)
        )
    )
    .join(incident_update, incident_update.c.id == component_impact.c.update_id)
    .where(incident_update.c.incident_id == incident.c.id, incident_update.c.retracted_at.is_(None))
    .scalar_subquery()
    .label("worst")
)


def _reported(row: Any) -> Reported:
    return Reported(
        span=row.span,
        id=row.id,
        title=row.title,
        kind=Kind(row.kind),
        started_at=row.started_at,
        ended_at=None if row.is_open else row.shown_at,
        scheduled_for=row.scheduled_for,
        scheduled_until=row.scheduled_until,
        worst=_STATUSES[row.worst or 0],
    )
