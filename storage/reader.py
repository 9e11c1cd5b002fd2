"""What can be asked of the ledger. Every question is bounded, whatever the length of history."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Select

from bot.core.incident import Incident
from bot.core.page import Component, Page, Situation
from bot.core.status import Kind
from storage import archive, questions, rows
from storage.archive import Outline
from storage.errors import WrongLedger
from storage.known import Known

Asked = Mapping[str, Any]

_AT_ONCE = 500  # values in one question


def recovery_key(revision: int, change_id: str) -> str:
    """The key under which a change that this ledger lacks is made good for, once."""
    return f"recover:{revision}:{change_id}"


@dataclass(frozen=True)
class Told:
    """What was told since some revision: what the publisher has to do."""

    revision: int  # the newest
    change_id: str  # of the newest
    incidents: frozenset[str]  # ids
    months: frozenset[str]  # "2013-02", in the page's zone
    everything: bool  # page, components or fingerprint changed


class Reader:
    """Questions about one snapshot of the ledger."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known: Known | None = None  # given by who reads again and again

    @cached_property
    def page(self) -> Page:
        """The page. Raises WrongLedger while nothing was ever set up."""
        return self._read_page(questions.PAGE)

    def has_page(self) -> bool:
        return self.connection.execute(questions.HAS_PAGE).scalar() is not None

    def _read_page(self, query: Select[Any]) -> Page:
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            raise WrongLedger("The ledger holds no page yet.", "Start the bot once: duckrow run")
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

    def newest(self, kind: Kind, limit: int, *, withdrawn: bool = False) -> tuple[Incident, ...]:
        """The incidents (or maintenances) that began last: those that stand, or the withdrawn."""
        asked = {"kind": kind.value, "withdrawn": withdrawn, "limit": limit}
        return self._incidents(questions.NEWEST, asked)

    def overdue(self, now: datetime) -> tuple[Incident, ...]:
        """Open maintenances whose window began or ended, and that do not say so."""
        return self._incidents(questions.OVERDUE, {"now": now})

    def latest_shown(self, limit: int) -> tuple[Incident, ...]:
        """Incidents and maintenances by their newest update, newest first, withdrawn included."""
        return self._incidents(questions.LATEST_SHOWN, {"limit": limit})

    def named_last(self, component_id: str, start: datetime, limit: int) -> tuple[Incident, ...]:
        """The same of those that named a component, told of since then; be it retracted since."""
        asked = {"component": component_id, "start": start, "limit": limit}
        return self._incidents(questions.NAMED_LAST, asked)

    def last_changed_at(self) -> datetime | None:
        """When anything was last said, renamed or taken back; None before the first incident."""
        return self.connection.execute(questions.LAST_CHANGED_AT).scalar()

    def latest_updates(self, limit: int) -> tuple[tuple[Incident, str], ...]:
        """The standing updates shown last, newest first: each one's incident, and its own id."""
        found = self.connection.execute(questions.LATEST_UPDATES, {"limit": limit}).all()
        ids = sorted({row.incident_id for row in found})
        by_id = {one.id: one for one in self._incidents(questions.ALL_OF, {"ids": ids})}
        return tuple((by_id[row.incident_id], row.id) for row in found)

    def changed_last(
        self, limit: int, *, kind: Kind = Kind.INCIDENT, closed: bool = False
    ) -> tuple[Incident, ...]:
        """Standing incidents, or maintenances, by their last change, newest first."""
        query = questions.CLOSED_LAST if closed else questions.CHANGED_LAST
        return self._incidents(query, {"kind": kind.value, "limit": limit})

    def shown_between(self, start: datetime, end: datetime) -> tuple[Incident, ...]:
        """Incidents with a standing update displayed in [start, end), with all their updates."""
        within = {"start": start, "end": end}
        ids = self.connection.execute(questions.SHOWN_BETWEEN, within).scalars().all()
        return self._incidents(questions.ALL_OF, {"ids": sorted(set(ids))})

    def shown_since(self, start: datetime, component_id: str = "") -> tuple[Incident, ...]:
        """Standing incidents and maintenances whose newest update is no older; newest first.

        With a component, those that name it. Whatever else lived since then is open.
        """
        if not component_id:
            return self._incidents(questions.SHOWN_SINCE, {"start": start})
        asked = {"start": start, "component": component_id}
        return self._incidents(questions.NAMING_SINCE, asked)

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

    def knows(self, revision: int, change_id: str) -> bool:
        """True of a change of this ledger, and of one that it has made good for."""
        asked = {"revision": revision, "id": change_id, "key": recovery_key(revision, change_id)}
        return self.connection.execute(questions.KNOWS, asked).first() is not None

    def how_often(self, what: str, since: datetime) -> int:
        """How many changes of that cause were made since then."""
        asked = {"what": what, "since": since}
        return self.connection.execute(questions.HOW_OFTEN, asked).scalar_one()

    def owners(self, update_ids: Sequence[str]) -> Mapping[str, str]:
        """Update id -> the incident's, of those that there are."""
        found: dict[str, str] = {}
        for start in range(0, len(update_ids), _AT_ONCE):
            asked = {"ids": update_ids[start : start + _AT_ONCE]}
            rows_ = self.connection.execute(questions.OWNERS, asked)
            found |= {row.id: row.incident_id for row in rows_}
        return found

    def told_at(self, revision: int) -> datetime | None:
        """When a revision was made; None if this ledger has none."""
        return self.connection.execute(questions.TOLD_AT, {"revision": revision}).scalar()

    def told_after(self, revision: int) -> datetime | None:
        """When the first change after a revision was made; numbers may be left out between."""
        return self.connection.execute(questions.TOLD_AFTER, {"revision": revision}).scalar()

    def outlines(self, start: datetime, end: datetime) -> tuple[Outline, ...]:
        """Of what was told of in [start, end), or went on in it; in the order in which it began."""
        return archive.outlines(self.connection, start, end)

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
        known = Known() if self.known is None else self.known
        known.add(self._with_updates(known.missing(found)))
        return tuple(known.get(row.id) for row in found)

    def _with_updates(self, found: Sequence[Any]) -> tuple[Incident, ...]:
        if not found:
            return ()
        ids = [row.id for row in found]
        if len(ids) == 1:  # the usual case, and much cheaper than a list of one
            updates = self.connection.execute(questions.UPDATES_OF_ONE, {"id": ids[0]})
        else:
            updates = self.connection.execute(questions.UPDATES, {"ids": ids})
        return rows.to_incidents(found, updates)
