"""Exports of earlier tables: they become what the migrations make of the tables themselves."""

import pytest

from storage.database import Database
from storage.dump import form
from tests.support.earlier import EARLIER, fill, narrowed, tables_of
from tests.support.exports import exported, imported, said


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
    fill(older, said(export)[1:-1])
    older.migrate()
    other = empty("sqlite")
    imported(other, export)
    assert said(exported(other))[1:-1] == said(exported(older))[1:-1]
