"""What can be asked of the ledger. Every question is bounded, whatever the length of history."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Select, case, select

from bot.core.incident import Incident
from bot.core.page import Component, Page, Situation
from bot.core.status import Kind
from storage import questions, rows
from storage.errors import WrongLedger
from storage.schema import incident as incident_table
from storage.schema import incident_update as update_table

Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What was told since some revision: what the publisher has to do."""

    revision: int  # the newest
    change_id: str  # of the newest
    incidents: frozenset[str]  # ids
    months: frozenset[str]  # "2013-02", in the page's zone
    everything: bool  # page, components or fingerprint changed


@dataclass(frozen=True)
class Reported:
    """An incident of which something was told in one span of time."""

    span: int  # which of the spans asked for, from 0
    id: str
    title: str
    kind: Kind


class Reader:
    """Questions about one snapshot of the ledger."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # Incidents read before, by id: given by who reads again and again, and trusted only while
        # revision and time are the same. None reads everything anew.
        self.known: dict[str, Incident] | None = None

    @cached_property
    def page(self) -> Page:
        """The page. Raises WrongLedger while nothing was ever set up."""
        return self._read_page(questions.PAGE)

    def has_page(self) -> bool:
        return self.connection.execute(questions.HAS_PAGE).scalar() is not None

    def _read_page(self, query: Select[Any]) -> Page:
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            raise WrongLedger("The ledger holds no page yet. Start the bot once: duckrow run")
        return rows.to_page(row)

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """Groups and leaves in the page's order, a group's children right behind it."""
        every = [
            rows.to_component(row)
            for row in self.connection.execute(questions.COMPONENTS).mappings()
        ]
        top = [one for one in every if one.group_id is None]
        return tuple(
            each for one in top for each in (one, *(c for c in every if c.group_id == one.id))
        )

    def situation(self) -> Situation:
        """What is the case now."""
        found = self._incidents(questions.OPEN, {})
        return Situation(
            self.components,
            open=tuple(one for one in found if one.kind is Kind.INCIDENT),
            maintenances=tuple(
                sorted(
                    (one for one in found if one.kind is Kind.MAINTENANCE),
                    key=lambda one: (one.scheduled_for or one.created_at, one.number),
                )
            ),
        )

    def incident(self, number: int) -> Incident | None:
        """The incident people know as `#number`."""
        return self._one(questions.BY_NUMBER, {"number": number})

    def incident_by_id(self, public_id: str) -> Incident | None:
        return self._one(questions.BY_ID, {"id": public_id})

    def newest(self, kind: Kind, limit: int) -> tuple[Incident, ...]:
        """The incidents (or maintenances) that began last, withdrawn ones left out."""
        return self._incidents(questions.NEWEST, {"kind": kind.value, "limit": limit})

    def latest_shown(self, limit: int) -> tuple[Incident, ...]:
        """Incidents and maintenances by their newest update, newest first, withdrawn included."""
        return self._incidents(questions.LATEST_SHOWN, {"limit": limit})

    def changed_last(self, limit: int, *, closed: bool = False) -> tuple[Incident, ...]:
        """Standing incidents by their last change, newest first."""
        query = questions.CLOSED_LAST if closed else questions.CHANGED_LAST
        return self._incidents(query, {"limit": limit})

    def shown_between(self, start: datetime, end: datetime) -> tuple[Incident, ...]:
        """Incidents with a standing update displayed in [start, end), with all their updates."""
        within = {"start": start, "end": end}
        ids = self.connection.execute(questions.SHOWN_BETWEEN, within).scalars().all()
        return self._incidents(questions.ALL_OF, {"ids": sorted(set(ids))})

    def last_shown_before(self, moment: datetime) -> datetime | None:
        """When the last standing update before that moment is displayed."""
        asked = {"moment": moment}
        return self.connection.execute(questions.LAST_SHOWN_BEFORE, asked).scalar()

    def first_shown_from(self, moment: datetime) -> datetime | None:
        """When the first standing update at or after that moment is displayed."""
        asked = {"moment": moment}
        return self.connection.execute(questions.FIRST_SHOWN_FROM, asked).scalar()

    def told_since(self, revision: int) -> Told:
        """What changed since a revision (revisions commit in order, so nothing is missed)."""
        found = self.connection.execute(questions.CHANGES_SINCE, {"since": revision}).all()
        return Told(
            revision=self.page.revision,
            change_id=self.page.change_id,
            incidents=frozenset(one for row in found for one in json.loads(row.incidents)),
            months=frozenset(one for row in found for one in json.loads(row.months)),
            everything=any(row.everything for row in found),
        )

    def change_id(self, revision: int) -> str | None:
        """The id of the change that made a revision; None if this ledger has none."""
        return self.connection.execute(questions.CHANGE_ID, {"revision": revision}).scalar()

    def reported_between(self, edges: Sequence[datetime]) -> tuple[Reported, ...]:
        """What was told of in each of the spans that these rising moments divide time into."""
        shown = update_table.c.display_at
        span = case(*((shown < edge, at) for at, edge in enumerate(edges[1:]))).label("span")
        query = (
            select(
                span,
                incident_table.c.id,
                incident_table.c.title,
                incident_table.c.kind,
                incident_table.c.started_at,
                incident_table.c.number,
            )
            .join(incident_table, incident_table.c.id == update_table.c.incident_id)
            .where(update_table.c.retracted_at.is_(None), shown >= edges[0], shown < edges[-1])
            .distinct()
        )
        found = sorted(
            self.connection.execute(query), key=lambda row: (row.span, row.started_at, row.number)
        )
        return tuple(Reported(row.span, row.id, row.title, Kind(row.kind)) for row in found)

    def incidents_after(self, number: int, limit: int) -> tuple[Incident, ...]:
        """The next incidents by number, withdrawn ones included: to go through all of history."""
        return self._incidents(questions.AFTER_NUMBER, {"number": number, "limit": limit})

    def every_incident(self) -> Iterator[Incident]:
        """All of history, oldest first, in batches: for exports."""
        last = 0
        while batch := self.incidents_after(last, 500):
            yield from batch
            last = batch[-1].number

    def count_incidents(self) -> int:
        return self.connection.execute(questions.COUNT).scalar_one()

    def _one(self, query: Select[Any], asked: Asked) -> Incident | None:
        found = self._incidents(query, asked)
        return found[0] if found else None

    def _incidents(self, query: Select[Any], asked: Asked) -> tuple[Incident, ...]:
        found: Sequence[Any] = self.connection.execute(query, asked).all()
        known = {} if self.known is None else self.known
        missing = [row for row in found if not _is_same(known.get(row.id), row)]
        known.update({one.id: one for one in self._with_updates(missing)})
        return tuple(known[row.id] for row in found)

    def _with_updates(self, found: Sequence[Any]) -> tuple[Incident, ...]:
        if not found:
            return ()
        ids = [row.id for row in found]
        if len(ids) == 1:  # the usual case, and much cheaper than a list of one
            updates = self.connection.execute(questions.UPDATES_OF_ONE, {"id": ids[0]})
        else:
            updates = self.connection.execute(questions.UPDATES, {"ids": ids})
        return rows.to_incidents(found, updates)


def _is_same(known: Incident | None, row: Any) -> bool:
    # A stale copy of the ledger may hold another change under the same revision, not its time too.
    return known is not None and (known.revision, known.updated_at) == (
        row.revision,
        row.updated_at,
    )
