"""An export, and an import, of any length takes the same little memory."""

import tracemalloc
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage import dump
from tests.bench import history


@contextmanager
def at_most(memory):
    """Bytes that Python allocates at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < memory
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_memory_does_not_grow_with_the_history(database, empty, tmp_path):
    history.write(database, 1500, datetime(2026, 11, 22, tzinfo=UTC))
    file = tmp_path / "export.jsonl"
    with at_most(4_000_000), file.open("wb") as out, database.at_length(writes=False) as ledger:
        out.writelines(dump.lines(ledger))
    assert file.stat().st_size > 5_000_000
    other = empty("sqlite")
    with at_most(4_000_000), file.open("rb") as stream, other.at_length(writes=True) as ledger:
        dump.load(ledger, dump.Export(stream))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_keeps_what_is_not_yet_written(told):
    with told.at_length(writes=False) as ledger, closing(dump.lines(ledger)) as lines:
        next(line for line in lines if line.startswith(b'{"incident_update"'))
        cursors = ledger.connection.execute(text("SELECT statement FROM pg_cursors")).scalars()
        assert any("FROM incident_update" in statement for statement in cursors)
