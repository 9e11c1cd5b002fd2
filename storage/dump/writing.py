"""Writing an export. Both databases give the same bytes for the same ledger."""

import hashlib
import json
from collections.abc import Generator, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, func, select

from bot.core.errors import Refusal
from storage.dump import form
from storage.ledger import Ledger
from storage.schema import HEAD

_AT_ONCE = 500  # rows


def lines(ledger: Ledger) -> Generator[bytes]:
    """The ledger as one snapshot holds it, a line at a time. Raises Refusal when it is empty.

    Whoever does not take them all closes it.
    """
    if not ledger.has_page():
        raise Refusal("This ledger is empty: there is nothing to export.", "Check DATABASE_URL.")
    digest, count = hashlib.sha256(), 0
    for said in _said(ledger):
        line = _line(said)
        digest.update(line)
        count += 1
        yield line
    yield _line({form.END: {"lines": count, "sha256": digest.hexdigest()}})


def _said(ledger: Ledger) -> Iterator[dict[str, Any]]:
    connection = ledger.connection
    yield {
        "format": form.FORMAT,
        "version": form.VERSION,
        "schema": HEAD,
        "page": ledger.page.id,
        "revision": ledger.page.revision,
        "rows": {table.name: _count(connection, table) for table in form.TABLES},
    }
    for table in form.TABLES:
        for row in _rows(connection, table):
            yield {table.name: row}


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    columns = form.columns(table)
    ways = [(column.name, form.way(column).write) for column in columns]
    query = select(*columns).order_by(*_order(connection, table))
    # Unless it is told so, PostgreSQL's driver fetches everything at once.
    with connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as found:
        for row in found:
            yield {
                name: None if value is None else write(value)
                for (name, write), value in zip(ways, row, strict=True)
            }


def _order(connection: Connection, table: Table) -> Iterator[ColumnElement[Any]]:
    """By the primary key, in bytes; what refers to its own table comes after what does not."""
    bytewise = "C" if connection.dialect.name == "postgresql" else "BINARY"
    for column in table.c:
        if any(key.column.table is table for key in column.foreign_keys):
            yield column.is_not(None)
    for column in table.primary_key:
        yield column.collate(bytewise) if isinstance(column.type, String) else column


def _line(said: dict[str, Any]) -> bytes:
    """ASCII alone: no terminal, pipe or editor on the way can misread it."""
    return json.dumps(said, separators=(",", ":")).encode("ascii") + b"\n"
