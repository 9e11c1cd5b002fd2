"""From rows to the core's values. No row leaves storage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, RowMapping, Table

from bot.core.incident import Author, Incident, Update
from bot.core.page import Component, Page
from bot.core.status import ComponentStatus, Impact, Kind, Phase

PAGE_FIELDS = (
    "id", "name", "url", "about", "time_zone", "headline", "language", "logo", "accent", "links",
    "ducks", "revision", "change_id", "as_of", "fingerprint",
)  # fmt: skip


def columns(table: Table, value: object) -> dict[str, Any]:
    """A value whose fields are named as the table's columns, as a row to store."""
    return {column.name: getattr(value, column.name) for column in table.c}


def to_page(row: RowMapping) -> Page:
    return Page(**{name: row[name] for name in PAGE_FIELDS})


def to_component(row: RowMapping) -> Component:
    return Component(**row)


def to_update(row: Row[Any], statuses: Mapping[str, ComponentStatus]) -> Update:
    return Update(
        id=row.id,
        number=row.number,
        phase=Phase(row.phase),
        text=row.text,
        author=Author(row.author_id, row.author_name),
        created_at=row.created_at,
        display_at=row.display_at,
        statuses=statuses,
        impact=Impact(row.impact) if row.impact else None,
        edited_at=row.edited_at,
        retracted_at=row.retracted_at,
        revision=row.revision,
    )


def to_incident(row: Row[Any], updates: Sequence[Update]) -> Incident:
    return Incident(
        id=row.id,
        number=row.number,
        kind=Kind(row.kind),
        title=row.title,
        channel=row.channel,
        opened_by=Author(row.author_id, row.author_name),
        created_at=row.created_at,
        updated_at=row.updated_at,
        updates=tuple(updates),
        scheduled_for=row.scheduled_for,
        scheduled_until=row.scheduled_until,
        revision=row.revision,
        renamed_at=row.renamed_at,
    )


def to_incidents(
    incidents: Sequence[Row[Any]], updates: Iterable[Row[Any]]
) -> tuple[Incident, ...]:
    """Incidents in the order given. `updates` are joined with what they say of each component,
    and come as they were told.
    """
    told: dict[str, list[Update]] = defaultdict(list)
    for _, group in groupby(updates, key=attrgetter("id")):
        same = list(group)
        statuses = {row.component_id: ComponentStatus(row.status) for row in same if row.status}
        told[same[0].incident_id].append(to_update(same[0], statuses))
    return tuple(to_incident(row, told[row.id]) for row in incidents)


def update_row(incident: Incident, update: Update) -> dict[str, Any]:
    return changing(update) | {
        "id": update.id,
        "incident_id": incident.id,
        "number": update.number,
        "phase": update.phase.value,
        "author_id": update.author.id,
        "author_name": update.author.name,
        "created_at": update.created_at,
        "display_at": update.display_at,
        "impact": update.impact.value if update.impact else None,
    }


def changing(update: Update) -> dict[str, Any]:
    """The columns of an update that may change after it was told."""
    return {
        "text": update.text,
        "edited_at": update.edited_at,
        "retracted_at": update.retracted_at,
        "revision": update.revision,
    }


def impact_rows(update: Update) -> list[dict[str, Any]]:
    return [
        {
            "update_id": update.id,
            "component_id": component,
            "position": position,
            "status": status.value,
        }
        for position, (component, status) in enumerate(update.statuses.items())
    ]


def derived(incident: Incident) -> dict[str, Any]:
    """The columns of an incident that repeat what its updates say."""
    return {
        "title": incident.title,
        "renamed_at": incident.renamed_at,
        "updated_at": incident.updated_at,
        "revision": incident.revision,
        "phase": incident.phase.value,
        "is_open": incident.is_open,
        "is_withdrawn": incident.is_withdrawn,
        "started_at": incident.started_at,
        "shown_at": incident.shown_at,
    }


def window(incident: Incident) -> dict[str, Any]:
    """When a maintenance is planned for."""
    return {
        "scheduled_for": incident.scheduled_for,
        "scheduled_until": incident.scheduled_until,
    }


def incident_row(incident: Incident) -> dict[str, Any]:
    return (
        derived(incident)
        | window(incident)
        | {
            "id": incident.id,
            "number": incident.number,
            "kind": incident.kind.value,
            "channel": incident.channel,
            "author_id": incident.opened_by.id,
            "author_name": incident.opened_by.name,
            "created_at": incident.created_at,
        }
    )
