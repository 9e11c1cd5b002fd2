"""What stands in an export: which tables, which of their columns, and how each value is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, String, Table

from bot.core.page import PageLink
from bot.core.status import ComponentStatus, Impact, Kind, Phase
from storage import schema
from storage.deliveries import DeliveryKind
from storage.schema import Links, UtcDateTime

FORMAT = "duckrow-ledger"
VERSION = 1  # of the format; the tables have their own, the newest migration
# The oldest tables whose rows mean today what they meant then: what was added since has a default.
# Whoever writes a migration that changes what is stored raises this to it.
OLDEST = "0001"
END = "end"

# Each refers only to what stands before it.
TABLES = (
    *(schema.page, schema.component, schema.incident, schema.incident_update),
    *(schema.component_impact, schema.change, schema.request, schema.delivery),
    *(schema.document, schema.publication),
)
# Whoever holds a reply URL can speak as the bot for half an hour: it stays at home.
_SECRET = frozenset({schema.request.c.reply_url})

VOCABULARY: Mapping[Column[Any], type[Enum]] = {
    schema.incident.c.kind: Kind,
    schema.incident.c.phase: Phase,
    schema.incident_update.c.phase: Phase,
    schema.incident_update.c.impact: Impact,
    schema.component_impact.c.status: ComponentStatus,
    schema.delivery.c.kind: DeliveryKind,
}
JSON_TEXTS = frozenset(
    {
        *(schema.change.c.incidents, schema.change.c.months, schema.change.c.before),
        *(schema.change.c.after, schema.request.c.answer),
    }
)


def columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns of a table that are exported, in their order."""
    return tuple(column for column in table.c if column not in _SECRET)


@dataclass(frozen=True)
class Way:
    """How values of one type are written, and read again; `read` raises ValueError."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def way(column: Column[Any]) -> Way:
    """How the values of a column are written and read."""
    return next(way for kind, way in _WAYS.items() if isinstance(column.type, kind))


def _same(value: Any) -> Any:
    return value


def _integer(said: Any) -> int:
    if type(said) is not int or not -(2**31) <= said < 2**31:
        raise ValueError("no whole number")
    return said


def _boolean(said: Any) -> bool:
    if type(said) is not bool:
        raise ValueError("neither true nor false")
    return said


def _text(said: Any) -> str:
    if type(said) is not str:
        raise ValueError("no text")
    if "\0" in said or not _is_unicode(said):
        raise ValueError("text that no database can hold")
    return said


def _is_unicode(said: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in said)


def _time(said: Any) -> datetime:
    moment = datetime.fromisoformat(_text(said))
    if moment.utcoffset() is None:
        raise ValueError("a time without its zone")
    return moment.astimezone(UTC)


def _links(said: Any) -> tuple[PageLink, ...]:
    if type(said) is not list or not all(type(each) is list and len(each) == 2 for each in said):  # noqa: PLR2004 -- label, address
        raise ValueError("no list of links")
    return tuple(PageLink(_text(label), _text(url)) for label, url in said)


_WAYS = {
    UtcDateTime: Way(datetime.isoformat, _time),
    Links: Way(lambda links: [[each.label, each.url] for each in links], _links),
    Date: Way(date.isoformat, lambda said: date.fromisoformat(_text(said))),
    Boolean: Way(_same, _boolean),
    Integer: Way(_same, _integer),
    String: Way(_same, _text),
}
