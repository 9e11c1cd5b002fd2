"""Opening the ledger, and what its failures mean to whoever was writing."""

import os
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage import migrate, schema
from storage.database import Database
from storage.errors import LedgerUnavailable, OutcomeUnknown, WrongLedger
from storage.turn import turn_of
from tests.support.telling import a_page, cause, new_database, open_incident


@pytest.fixture
def sqlite(sqlite_url):
    opened = new_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def postgres(postgres_url):
    opened = new_database(postgres_url)
    yield opened
    opened.close()


def test_the_migrations_make_the_tables_that_the_code_uses(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_the_newest_migration_is_the_one_the_code_asks_for():
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_migrating_again_changes_nothing(database):
    database.migrate()
    database.ensure_ready()
    database.begin(a_page())
    with database.read() as ledger:
        assert ledger.page.name == "Coursera"


def test_an_empty_postgresql_is_refused_with_the_remedy(postgres_url):
    database = Database(postgres_url)
    with pytest.raises(WrongLedger, match="duckrow db upgrade"):
        database.ensure_ready()
    database.close()


def test_several_processes_may_begin_an_empty_ledger_at_once(database_url):
    ready = [Database(database_url) for _ in range(4)]
    starts = [threading.Thread(target=one.migrate) for one in ready]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    for one in ready:
        one.begin(a_page())
    with ready[0].read() as first, ready[3].read() as last:
        assert first.page == last.page
    for one in ready:
        one.close()


def test_whoever_begins_the_same_file_at_the_same_moment_waits(tmp_path):
    for number in range(12):
        url = f"sqlite:///{tmp_path / str(number)}.db"
        ready = [Database(url) for _ in range(4)]
        with ThreadPoolExecutor() as pool:
            for begun in [pool.submit(one.migrate) for one in ready]:
                begun.result()
        for one in ready:
            one.close()


def test_sqlite_survives_a_power_cut_and_keeps_its_references(sqlite):
    with sqlite.write() as ledger:
        pragmas = {
            name: ledger.connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        }
    assert pragmas == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}  # 2 is FULL


@pytest.mark.hurried
def test_a_writer_waits_for_another_process_and_gives_up_in_time(sqlite):
    with sqlite3.connect(sqlite.url.database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable) as refused:
            open_incident(sqlite)
        other.execute("ROLLBACK")
    other.close()
    assert not isinstance(refused.value, OutcomeUnknown)
    assert open_incident(sqlite).number == 1


def test_opening_a_ledger_that_is_up_to_date_waits_for_no_writer(sqlite):
    with closing(sqlite3.connect(sqlite.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        sqlite.ensure_ready()


@pytest.mark.hurried
def test_queued_writers_are_refused_in_time_while_another_process_writes(sqlite):
    with sqlite.read() as ledger:
        before = ledger.page.name

    def write(person):
        time.sleep(person * 0.3)
        start = time.monotonic()
        with pytest.raises(LedgerUnavailable) as refused, sqlite.telling(cause(), 4) as ledger:
            ledger.configure(name=f"Page of {person}")
        return type(refused.value), time.monotonic() - start

    with (
        closing(sqlite3.connect(sqlite.url.database, isolation_level=None)) as other,
        ThreadPoolExecutor(4) as people,
    ):
        other.execute("BEGIN IMMEDIATE")
        refused = [people.submit(write, person) for person in range(4)]
        errors, took = zip(*(one.result() for one in refused), strict=True)
    assert set(errors) == {LedgerUnavailable}
    assert max(took) < 6.5  # their own queue and the other process's lock share the four seconds
    with sqlite.read() as ledger:
        assert ledger.page.name == before  # nothing was saved afterwards


@pytest.mark.hurried
def test_a_transaction_waits_as_long_as_it_may_whoever_had_its_connection_before(
    sqlite, monkeypatch
):
    def wait(ledger):
        return ledger.connection.execute(text("PRAGMA busy_timeout")).scalar()

    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)  # nothing of it goes by until it begins
    with sqlite.telling(cause(), within=0.5) as ledger:
        assert wait(ledger) == 500
    with sqlite.read() as ledger:
        assert wait(ledger) == 2000
    with sqlite.write() as ledger:
        assert wait(ledger) == 2000


@pytest.mark.parametrize("content", [b"", b"this is no database, and never was one" * 200])
def test_a_damaged_file_is_an_answer_not_a_traceback(tmp_path, content):
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    database = Database(f"sqlite:///{path}")
    with pytest.raises((LedgerUnavailable, WrongLedger)), database.read() as ledger:
        _ = ledger.page
    database.close()


def test_a_folder_that_is_not_there_is_an_answer_not_a_traceback(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/nowhere/ledger.db")
    with pytest.raises(LedgerUnavailable):
        database.ensure_ready()
    database.close()


def test_nobody_listening_is_told_plainly(free_port):
    database = Database(f"postgresql+psycopg://nobody@127.0.0.1:{free_port}/ledger")
    with pytest.raises(LedgerUnavailable), database.read():
        pass
    database.close()


@pytest.fixture
def other(postgres):
    """Another session on the same database."""
    url = postgres.url.set(drivername="postgresql").render_as_string()
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.mark.hurried
def test_a_statement_that_takes_too_long_loses_its_connection(postgres):
    def sleep():
        with postgres.telling(cause(), within=0.3) as ledger:
            ledger.connection.execute(text("SET LOCAL statement_timeout = 0"))
            ledger.connection.execute(text("SELECT pg_sleep(30)"))

    with pytest.raises(LedgerUnavailable):
        sleep()
    assert open_incident(postgres).number == 1  # the server gave its lock back


def test_a_terminated_session_is_noticed_and_the_next_one_is_fresh(postgres, other):
    def lose():
        with postgres.telling(cause()) as ledger:
            _terminate(ledger, other)
            ledger.configure(name="Lost")

    with pytest.raises(LedgerUnavailable):
        lose()
    with postgres.read() as ledger:
        assert ledger.page.name == "Coursera"


def test_a_connection_that_dies_in_the_commit_leaves_the_outcome_unknown(postgres, other):
    def lose():
        with postgres.write() as ledger:
            _terminate(ledger, other)

    with pytest.raises(OutcomeUnknown):
        lose()


def test_a_look_whose_connection_dies_at_its_end_leaves_nothing_unknown(postgres, other):
    with pytest.raises(LedgerUnavailable) as refused, postgres.read() as ledger:
        _terminate(ledger, other)
    assert not isinstance(refused.value, OutcomeUnknown)


def test_a_read_only_server_is_unavailable_not_a_bug(postgres):
    def write():
        with postgres.read() as ledger:
            ledger.connection.execute(text("UPDATE page SET name = 'x'"))

    with pytest.raises(LedgerUnavailable, match="read-only"):
        write()


def _terminate(ledger, other):
    own = ledger.connection.execute(text("SELECT pg_backend_pid()")).scalar()
    other.execute("SELECT pg_terminate_backend(%s, 1000)", (own,))


def test_one_process_at_a_time_has_the_turn(database):
    woken = threading.Event()
    first, second = turn_of(database, woken.set), turn_of(database, woken.set)
    assert first.take()
    assert first.take()  # asking again is harmless
    assert not second.take()
    first.close()
    assert _eventually(second.take)
    second.close()


def test_telling_wakes_the_process_that_has_the_turn(postgres):
    woken = threading.Event()
    turn = turn_of(postgres, woken.set)
    assert turn.take()
    open_incident(postgres)
    assert woken.wait(30)
    turn.close()


def test_the_turn_is_lost_with_its_session_and_taken_anew(postgres, postgres_server):
    turn = turn_of(postgres, lambda: None)
    assert turn.take()
    postgres_server.admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    )
    assert _eventually(turn.take)
    turn.close()


def test_a_killed_process_frees_the_turn(sqlite, tmp_path):
    lock = Path(f"{sqlite.url.database}-loop")
    turn = turn_of(sqlite, lambda: None)
    child = os.fork()
    if child == 0:
        turn.take()
        lock.with_suffix(".taken").touch()
        time.sleep(60)
    assert _eventually(lock.with_suffix(".taken").exists)
    assert not turn.take()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert turn.take()
    turn.close()


def _eventually(condition):
    give_up = time.monotonic() + 30
    while not (met := condition()) and time.monotonic() < give_up:
        time.sleep(0.02)
    return met
