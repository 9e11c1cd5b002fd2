"""Ledgers as earlier programs left them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, Table, insert

from storage import migrate, schema
from storage.database import Database
from storage.dump import form
from tests.support.exports import said, sealed

EARLIER = [f"{number:04}" for number in range(1, int(schema.HEAD))]  # versions of the tables

Tables = Mapping[str, Table]


def tables_of(database: Database, version: str) -> Tables:
    """The tables as that version had them, made."""
    if database.is_sqlite:
        Path(str(database.url.database)).touch()  # only a migration of ours makes one
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    found = MetaData()
    found.reflect(database.engine)
    return dict(found.tables)


def narrowed(export: bytes, tables: Tables, version: str) -> bytes:
    """An export as the program of that version would have written it."""
    header, *rows = said(export)[:-1]
    older = [
        {name: {key: value for key, value in row.items() if key in tables[name].c}}
        for line in rows
        for name, row in line.items()
        if name in tables
    ]
    return sealed([header | {"schema": version}, *older])


def fill(database: Database, rows: list[dict[str, Any]]) -> None:
    """Put an export's rows into tables of its own version."""
    with database.engine.begin() as connection:
        for line in rows:
            for name, row in line.items():
                today = schema.metadata.tables[name]
                read = {
                    key: None if value is None else form.way(today.c[key]).read(value)
                    for key, value in row.items()
                }
                connection.execute(insert(today).values({today.c[key]: read[key] for key in read}))
