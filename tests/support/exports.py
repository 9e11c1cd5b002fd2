"""Exports of a ledger, as tests make, read and forge them."""

import hashlib
import io
import json
from typing import Any

from sqlalchemy import select

from storage import dump
from storage.database import Database
from storage.dump import Header, form


def exported(database: Database) -> bytes:
    with database.at_length(writes=False) as ledger:
        return b"".join(dump.lines(ledger))


def imported(database: Database, export: bytes) -> Header:
    read = dump.Export(io.BytesIO(export))
    with database.at_length(writes=True) as ledger:
        dump.load(ledger, read)
        return read.header


def is_empty(database: Database) -> bool:
    with database.read() as ledger:
        return not any(ledger.connection.execute(select(table)).first() for table in form.TABLES)


def said(export: bytes) -> list[dict[str, Any]]:
    """Its lines, read."""
    return [json.loads(line) for line in export.splitlines()]


def sealed(lines: list[dict[str, Any]]) -> bytes:
    """An export of these lines, whatever they say, with the checksum that they have."""
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    end = {"lines": len(lines), "sha256": hashlib.sha256(text).hexdigest()}
    return text + json.dumps({"end": end}).encode() + b"\n"


def forged(export: bytes, table: str, **values: Any) -> bytes:
    """The same, but the first row of a table says something else; sealed anew."""
    lines = said(export)[:-1]
    row = next(line[table] for line in lines[1:] if table in line)
    row.update(values)
    return sealed(lines)
