"""A migration, or an import, killed before each of its statements and commits: what was there is
still there, and running it once more is all it takes.
"""

import signal
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import migrate, schema
from storage.database import Database
from tests.faults.forkserver import Launch
from tests.support.earlier import fill, narrowed, tables_of
from tests.support.exports import exported, imported, is_empty, said
from tests.support.stories import STORY, tell_story
from tests.support.telling import new_database

KILLED = -signal.SIGKILL


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """A whole ledger's."""
    url = f"sqlite:///{tmp_path_factory.mktemp('told') / 'ledger.db'}"
    with closing(new_database(url)) as told:
        tell_story(told, STORY)
        return exported(told)


@pytest.fixture
def database(database_url):
    """A database without tables."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def killed_at_each_step(forks, tmp_path, database):
    """Run a command again and again, each time killed a step later, until it gets through."""

    def run(words, holds):
        """How often it was killed; `holds()` after each kill."""
        step = 1
        while status := once(words, step):
            assert status == KILLED, (tmp_path / "process.log").read_text()
            assert holds()
            step += 1
        return step - 1

    def once(words, step):
        env = {"DATABASE_URL": database.url.render_as_string(hide_password=False)}
        setups = (("tests.faults.upgrades.points:die_at", {"step": step}),)
        return forks.run(Launch(words, str(tmp_path), env, setups=setups))

    return run


def version(database):
    with database.engine.connect() as connection:
        return migrate.version(connection)


def has_the_tables_of_today(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        return compare_metadata(context, schema.metadata) == []


def test_a_ledger_of_the_first_version_survives_its_migration_killed_at_any_step(
    database, killed_at_each_step, export, tmp_path
):
    first = narrowed(export, tables_of(database, "0001"), "0001")
    fill(database, said(first)[1:-1])
    kills = killed_at_each_step(("db", "upgrade"), lambda: version(database) == "0001")
    assert kills > 10
    assert has_the_tables_of_today(database)
    with closing(Database(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        other.migrate()
        imported(other, first)
        assert exported(database) == exported(other)


def test_the_first_migration_killed_at_any_step_leaves_no_tables(database, killed_at_each_step):
    kills = killed_at_each_step(("db", "upgrade"), lambda: version(database) is None)
    assert kills > 30
    assert has_the_tables_of_today(database)


def test_an_import_killed_at_any_step_leaves_nothing(
    database, killed_at_each_step, export, tmp_path
):
    database.migrate()
    file = tmp_path / "export.jsonl"
    file.write_bytes(export)
    kills = killed_at_each_step(("import", str(file)), lambda: is_empty(database))
    assert kills > 20
    assert exported(database) == export
