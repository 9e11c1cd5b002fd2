"""Exports of earlier tables: they become what the migrations make of the tables themselves."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert

from storage import migrate, schema
from storage.database import Database
from storage.dump import form
from tests.support.exports import exported, imported, said, sealed

EARLIER = [f"{number:04}" for number in range(1, int(schema.HEAD))]


@pytest.fixture
def older(tmp_path):
    """A database that was never opened by a program of ours."""
    database = Database(f"sqlite:///{tmp_path / 'older.db'}")
    yield database
    database.close()


@pytest.mark.parametrize("version", [one for one in EARLIER if one >= form.OLDEST])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_export_of_earlier_tables_becomes_what_migrating_makes_of_them(
    told, older, empty, version
):
    tables = tables_of(older, version)
    export = narrowed(exported(told), tables, version)
    fill(older, tables, said(export)[1:-1])
    older.migrate()
    other = empty("sqlite")
    imported(other, export)
    assert said(exported(other))[1:-1] == said(exported(older))[1:-1]


def tables_of(database, version):
    """The tables as that version had them, made."""
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    found = MetaData()
    found.reflect(database.engine)
    return found.tables


def narrowed(export, tables, version):
    """An export as the program of that version would have written it."""
    header, *rows = said(export)[:-1]
    older = [
        {name: {key: value for key, value in row.items() if key in tables[name].c}}
        for line in rows
        for name, row in line.items()
        if name in tables
    ]
    return sealed([header | {"schema": version}, *older])


def fill(database, tables, rows):
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
