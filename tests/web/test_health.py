"""Health: facts that cost nothing to ask for, whatever the ledger and Slack are doing."""

from datetime import timedelta
from importlib.metadata import version

import pytest

from bot.slack.client import Client
from bot.slack.identity import Identity
from bot.web import Health
from storage.database import Database
from storage.errors import LedgerUnavailable
from tests.support.telling import NOON, new_database


def gone(*_, **__):
    """The ledger does not answer."""
    raise LedgerUnavailable("gone")


@pytest.fixture
def database(sqlite_url):
    opened = new_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def identity(database):
    with Client("xoxb-1", "http://127.0.0.1:9/api/") as client:
        yield Identity(database, client)


@pytest.fixture
def clock():
    return [NOON]


@pytest.fixture
def health(database, identity, clock):
    return Health(database, identity, lambda: clock[0])


def facts(*, revision, slack=False):
    return {
        "version": version("duckrow"),
        "ledger_answers": revision is not None,
        "revision": revision,
        "known_in_slack": slack,
    }


def test_before_the_first_look_nothing_is_claimed(health):
    assert health.facts() == facts(revision=None)


def test_it_tells_the_revision_and_whether_slack_knows_us(health, identity):
    assert not health.look(NOON), "looking leaves nothing to do"
    assert health.facts() == facts(revision=1)
    identity.is_confirmed = True
    assert health.facts() == facts(revision=1, slack=True)


def test_asking_never_reaches_for_the_ledger(health, monkeypatch):
    health.look(NOON)
    monkeypatch.setattr(Database, "read", None)
    assert health.facts() == facts(revision=1)


def test_a_ledger_that_does_not_answer_is_told_and_raises_nothing(health, monkeypatch):
    health.look(NOON)
    with monkeypatch.context() as patched:
        patched.setattr(Database, "read", gone)
        health.look(NOON)
    assert health.facts() == facts(revision=None)
    health.look(NOON)
    assert health.facts() == facts(revision=1)


def test_a_database_without_tables_is_told_and_raises_nothing(tmp_path, identity):
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    health = Health(empty, identity, lambda: NOON)
    health.look(NOON)
    empty.close()
    assert health.facts() == facts(revision=None)


def test_a_look_that_hangs_is_not_taken_for_an_answer(health, clock):
    health.look(NOON)
    clock[0] = NOON + timedelta(seconds=29)
    assert health.facts() == facts(revision=1)
    clock[0] = NOON + timedelta(seconds=31)
    assert health.facts() == facts(revision=None)
