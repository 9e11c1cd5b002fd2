"""A process that may not do the loop's work leaves the turn to the version that may."""

import time
from contextlib import closing

import pytest
from sqlalchemy import text

from bot.sandbox import Sandbox, Workspace
from storage.database import Database
from storage.turn import turn_of
from tests.support.processes import DUCKROW, duckrow, environment, running
from tests.support.telling import cause

PATIENCE = 40.0  # seconds, on a machine that does much else


@pytest.fixture
def env(tmp_path, database_url):
    """An installation that has told something, on either database."""
    with Sandbox(Workspace(rate_limits=False)) as slack:
        env = environment(tmp_path, slack, DATABASE_URL=database_url)
        duckrow(tmp_path, env, "db", "upgrade")
        duckrow(tmp_path, env, "components", "add", "www", "Home page")
        yield env


def wait_until(condition):
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "not in time"
        time.sleep(0.05)


def configure(database, **fields):
    with database.telling(cause("settings")) as ledger:
        ledger.configure(**fields)


def is_published(database):
    with database.read() as ledger:
        return {one.revision for one in ledger.publications.every()} == {ledger.page.revision}


def takes(turn):
    """True where the turn was free; it is free again."""
    with closing(turn):
        return turn.take()


def test_a_worker_whose_page_is_no_longer_the_newest_gives_up_the_turn(tmp_path, env, database_url):
    with closing(Database(database_url)) as database, running([*DUCKROW, "worker"], tmp_path, env):
        configure(database, name="Told while it leads")
        wait_until(lambda: is_published(database))
        configure(database, fingerprint="the next version's")
        wait_until(lambda: takes(turn_of(database, lambda: None)))


def test_a_worker_that_gets_the_turn_over_newer_tables_gives_it_up(tmp_path, env, database_url):
    log = tmp_path / "process.log"
    with closing(Database(database_url)) as database:
        turn = turn_of(database, lambda: None)
        assert turn.take()
        with running([*DUCKROW, "worker"], tmp_path, env):
            wait_until(lambda: "running" in log.read_text())
            with database.engine.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            turn.close()
            wait_until(lambda: "newer Duckrow" in log.read_text())
            wait_until(lambda: takes(turn_of(database, lambda: None)))
    assert "Traceback" not in log.read_text()
