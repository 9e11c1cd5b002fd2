"""On PostgreSQL a migration wants tables that others are at work with."""

import threading
import time
from contextlib import closing, contextmanager

import psycopg
import pytest

from bot.core.errors import Refusal
from storage import migrate
from storage.database import Database
from storage.schema import HEAD
from tests.support.earlier import tables_of

FIRST, LAST = "page", "delivery"  # that the migrations change
QUEUE = 4.0  # seconds that a migration may keep whoever comes after it waiting, in this test
SLACK = 4.0  # seconds that a busy machine may add


@pytest.fixture
def database(postgres_url):
    """The tables of the first version."""
    with closing(Database(postgres_url)) as opened:
        tables_of(opened, "0001")
        yield opened


@pytest.fixture
def holding(database):
    """Somebody reads a table, and leaves it after so many seconds or at the end of the block."""

    @contextmanager
    def hold(table, seconds=60.0):
        began, done = threading.Event(), threading.Event()

        def read():
            with session(database) as reader, reader.transaction():
                reader.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE".encode())
                began.set()
                done.wait(seconds)

        thread = threading.Thread(target=read)
        thread.start()
        assert began.wait(10)
        try:
            yield
        finally:
            done.set()
            thread.join()

    return hold


def session(database):
    url = database.url.set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def version(database):
    with database.engine.connect() as connection:
        return migrate.version(connection)


def test_a_table_that_somebody_reads_for_a_while_is_tried_again(database, holding):
    with holding(LAST, 2.5):
        database.migrate()
    assert version(database) == HEAD


def test_a_table_that_is_never_free_is_given_up_in_words(database, holding, monkeypatch):
    monkeypatch.setattr(migrate, "_PATIENCE", 2.0)
    with holding(LAST), pytest.raises(Refusal, match="busy") as refused:
        database.migrate()
    assert "2 seconds" in refused.value.problem
    assert "Try again, or end" in refused.value.remedy
    assert version(database) == "0001"


def test_nobody_waits_long_behind_a_migration_that_waits_for_many_tables(
    database, holding, monkeypatch
):
    """Each of them is left just before the migration would give it up."""
    monkeypatch.setattr(migrate, "_SOON", QUEUE)
    done = threading.Event()
    waits = []

    def write():
        with session(database) as writer:
            while not done.wait(0.01):
                began = time.monotonic()
                writer.execute("UPDATE page SET revision = revision")
                waits.append(time.monotonic() - began)

    writing = threading.Thread(target=write)
    with holding(FIRST, 3.0), holding("incident", 6.0), holding(LAST, 9.0):
        writing.start()
        database.migrate()
        done.set()
        writing.join()
    assert version(database) == HEAD
    assert max(waits) < QUEUE + SLACK
