"""Slack messages: which incident or update each one shows, and how far posting it got."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection, RowMapping, and_, func, insert, or_, select, true, update

from bot.core.ids import derived_id
from bot.core.incident import Incident
from bot.core.status import Phase
from storage import rows
from storage.schema import delivery, incident, incident_update


class DeliveryKind(Enum):
    """What a message is for."""

    ROOT = "root"  # one per incident, edited in place
    UPDATE = "update"  # one per update, in the root's thread
    CLOSING = "closing"  # the summary on resolve


@dataclass(frozen=True)
class Delivery:
    """One Slack message, perhaps not posted yet. Its id travels as the message's metadata."""

    id: str
    incident_id: str
    kind: DeliveryKind
    channel: str  # empty with an attempt: it may be in any
    update_id: str | None = None
    thread_ts: str | None = None
    attempt_at: datetime | None = None  # a post began then and its outcome is not known
    ts: str | None = None
    version: int = 0  # the revision it shows
    error: str | None = None  # permanent, in Slack's own word
    deleted: bool = False  # somebody deleted the message
    edit_at: datetime | None = None  # an edit began then that Slack may still carry out


_ENDINGS = (Phase.RESOLVED, Phase.COMPLETED)


def delivery_id(incident_id: str, kind: DeliveryKind, update_id: str | None, again: int = 0) -> str:
    """The same in every copy of the ledger, so that each knows what another has posted.

    `again` counts the messages of that kind that somebody deleted.
    """
    return derived_id(incident_id, kind.value, update_id or "", again)


@dataclass(frozen=True)
class Backlog:
    """What Slack has not seen yet of the ledger, or will not have."""

    incidents: int
    updates: int  # of those incidents, neither posted nor corrected
    since: datetime | None  # the oldest of it
    refused: int  # messages of open or untold incidents


_UNTOLD = incident.c.revision > incident.c.told_revision
_BACKLOG = (
    select(
        func.count(incident.c.id.distinct()),
        func.count(incident_update.c.id),
        func.min(func.coalesce(incident_update.c.created_at, incident.c.updated_at)),
    )
    .select_from(incident)
    .outerjoin(
        incident_update,
        and_(
            incident_update.c.incident_id == incident.c.id,
            incident_update.c.revision > incident.c.told_revision,
        ),
    )
    .where(_UNTOLD)
)
# Of incidents that still matter: what was refused last year would be counted for ever.
_REFUSED = (
    select(func.count(delivery.c.id))
    .join(incident, delivery.c.incident_id == incident.c.id)
    .where(or_(incident.c.is_open == true(), _UNTOLD))
    .where(delivery.c.error.is_not(None), delivery.c.deleted.is_(False))
)


class Deliveries:
    """Queries about messages, within the ledger's transaction. None of this makes a revision."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def untold(self, limit: int = 50) -> tuple[int, ...]:
        """Numbers of the incidents that Slack has not wholly seen, least recently changed first."""
        query = (
            select(incident.c.number)
            .where(incident.c.revision > incident.c.told_revision)
            .order_by(incident.c.revision)
            .limit(limit)
        )
        return tuple(self._connection.execute(query).scalars())

    def backlog(self) -> Backlog:
        """How far Slack is behind; costs what is open or untold, whatever the history."""
        incidents, updates, since = self._connection.execute(_BACKLOG).one()
        return Backlog(incidents, updates, since, self._connection.execute(_REFUSED).scalar_one())

    def refusal(self, channel: str) -> str:
        """Why a channel's incidents wait to be told, in Slack's own word; empty when none does."""
        query = (
            select(func.max(delivery.c.error))
            .join(incident, delivery.c.incident_id == incident.c.id)
            .where(_UNTOLD, delivery.c.channel == channel, delivery.c.deleted.is_(False))
        )
        return self._connection.execute(query).scalar_one() or ""

    def told(self, number: int, revision: int) -> None:
        """Slack has seen this incident as it was at that revision."""
        self._connection.execute(
            update(incident).where(incident.c.number == number).values(told_revision=revision)
        )

    def tell_again(self, incident_id: str) -> None:
        """Have the next sync look at an incident's messages, though nothing new was told."""
        self._connection.execute(
            update(incident).where(incident.c.id == incident_id).values(told_revision=0)
        )

    def hold(self, incident_id: str) -> None:
        """Have others who change this incident's messages wait until this transaction ends.

        On PostgreSQL two could else read the same books, and both write.
        """
        row = select(incident.c.id).where(incident.c.id == incident_id)
        self._connection.execute(row.with_for_update(key_share=True))

    def look_for(self, one: Incident) -> None:
        """Have the announcer look in Slack for the messages of an incident that the books lack.

        Another copy of this ledger may have posted them. They are begun, as if their post's
        outcome were not known, and nobody knows where: found, they are adopted; else posted.
        """
        self.hold(one.id)
        known = self.of(one.id)
        for kind, update_id, since in _told_by(one):
            same = [each for each in known if (each.kind, each.update_id) == (kind, update_id)]
            if any(_is_told(each, kind) for each in same):
                continue
            lacking = next((each for each in same if not each.deleted), None)
            if lacking is None:
                id_ = delivery_id(one.id, kind, update_id, len(same))
                lacking = Delivery(id_, one.id, kind, "", update_id)
            self.save(replace(lacking, channel="", thread_ts=None, attempt_at=since))

    def of(self, incident_id: str) -> tuple[Delivery, ...]:
        """Every message of an incident, deleted ones included, in the order they were begun."""
        query = (
            select(delivery)
            .where(delivery.c.incident_id == incident_id)
            .order_by(delivery.c.attempt_at, delivery.c.ts, delivery.c.id)
        )
        return tuple(_delivery(row) for row in self._connection.execute(query).mappings())

    def get(self, id_: str) -> Delivery | None:
        query = select(delivery).where(delivery.c.id == id_)
        row = self._connection.execute(query).mappings().one_or_none()
        return _delivery(row) if row else None

    def by_message(self, channel: str, ts: str) -> Delivery | None:
        query = select(delivery).where(delivery.c.channel == channel, delivery.c.ts == ts)
        row = self._connection.execute(query).mappings().one_or_none()
        return _delivery(row) if row else None

    def save(self, one: Delivery) -> None:
        values = rows.columns(delivery, one) | {"kind": one.kind.value}
        known = update(delivery).where(delivery.c.id == one.id).values(values)
        if self._connection.execute(known).rowcount == 0:
            self._connection.execute(insert(delivery), values)


def _told_by(one: Incident) -> Iterator[tuple[DeliveryKind, str | None, datetime]]:
    """The messages that an incident may have, and since when."""
    yield DeliveryKind.ROOT, None, one.created_at
    for told in one.standing:
        yield DeliveryKind.UPDATE, told.id, told.created_at
        if told.phase in _ENDINGS:
            yield DeliveryKind.CLOSING, told.id, told.created_at


def _is_told(one: Delivery, kind: DeliveryKind) -> bool:
    """Posted, being posted, or not to be posted. Only a root that was deleted is posted anew."""
    if one.deleted:
        return kind is not DeliveryKind.ROOT
    return bool(one.ts or one.attempt_at or one.version)


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{**row, "kind": DeliveryKind(row["kind"])})
