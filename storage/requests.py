"""Requests: each key is answered once, and its second sentence follows through the reply URL."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, update

from storage import rows
from storage.schema import change, incident
from storage.schema import request as table

REPLY_URL_LIVES = timedelta(minutes=30)  # Slack's own limit

_ADD = insert(table)
_BY_KEY = select(table).where(table.c.key == bindparam("sought"))
_OPENING = ("open", "maintenance schedule")
# Saved, and nothing happened to its incident since: or opening one would make a second.
_SAID = (
    select(table)
    .join(change, change.c.revision == table.c.revision)
    .outerjoin(incident, incident.c.revision == table.c.revision)
    .where(
        table.c.author_id == bindparam("author_id"),
        table.c.channel == bindparam("channel"),
        table.c.at.between(bindparam("since"), bindparam("until")),
        table.c.line == bindparam("line"),
        change.c.what == bindparam("what"),
        or_(change.c.what.in_(_OPENING), incident.c.id.is_not(None)),
    )
    .order_by(table.c.at.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Request:
    """A line somebody typed, under the key by which it happens once."""

    key: str
    line: str
    author_id: str
    channel: str
    at: datetime
    answer: Mapping[str, Any]
    revision: int | None = None  # None while the bot is asking which incident is meant
    reply_url: str | None = None
    replies: int = 0


class Requests:
    """Queries about requests, within the ledger's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> Request | None:
        row = self._connection.execute(_BY_KEY, {"sought": key}).mappings().one_or_none()
        return _request(row) if row else None

    def said(
        self, what: str, line: str, author_id: str, channel: str, *, at: datetime, within: timedelta
    ) -> Request | None:
        """The newest request with these very words, typed there by them about then, that holds;
        `what` it caused, as the audit has it.

        Not long after `at` either: a clock that was set back must not join what lies far apart.
        """
        asked = {"what": what, "line": line, "author_id": author_id, "channel": channel}
        about = {"since": at - within, "until": at + within}
        found = self._connection.execute(_SAID, asked | about)
        row = found.mappings().one_or_none()
        return _request(row) if row else None

    def add(self, request: Request) -> None:
        row = rows.columns(table, request) | {"answer": json.dumps(request.answer)}
        self._connection.execute(_ADD, row)

    def complete(self, request: Request) -> None:
        """Give a request that was asking its answer."""
        self._connection.execute(
            update(table)
            .where(table.c.key == request.key)
            .values(
                answer=json.dumps(request.answer),
                revision=request.revision,
                reply_url=request.reply_url,
                at=request.at,
            )
        )

    def waiting_for_reply(self, limit: int = 100) -> tuple[Request, ...]:
        """Saved requests whose author was not yet told that the page shows it, oldest first."""
        found = self._connection.execute(
            select(table)
            .where(table.c.reply_url.is_not(None), table.c.revision.is_not(None))
            .order_by(table.c.at)
            .limit(limit)
        )
        return tuple(_request(row) for row in found.mappings())

    def replied(self, key: str, *, last: bool) -> None:
        """Count a reply; after the last one the URL is forgotten."""
        values: dict[str, Any] = {"replies": table.c.replies + 1}
        if last:
            values["reply_url"] = None
        self._connection.execute(update(table).where(table.c.key == key).values(values))

    def forget_old_urls(self, now: datetime) -> int:
        """Forget reply URLs that Slack no longer honours."""
        forgotten = self._connection.execute(
            update(table)
            .where(table.c.reply_url.is_not(None), table.c.at < now - REPLY_URL_LIVES)
            .values(reply_url=None)
        )
        return forgotten.rowcount


def _request(row: RowMapping) -> Request:
    return Request(**{**row, "answer": json.loads(row["answer"])})
