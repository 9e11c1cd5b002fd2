"""PostgreSQL that is partly dead: one host of several, or all of it frozen."""

from contextlib import suppress

import psycopg
import pytest

from storage.database import Database
from storage.errors import LedgerUnavailable
from storage.turn import turn_of
from tests.support.telling import new_database, open_incident


@pytest.fixture
def connecting(monkeypatch):
    """What psycopg was told to connect with, each time; it never does."""
    told = []

    def refuse(**parameters):
        told.append(parameters)
        raise psycopg.OperationalError

    monkeypatch.setattr(psycopg, "connect", refuse)
    return told


def _connect_both(url):
    database = Database(url)
    with suppress(LedgerUnavailable), database.read():
        pass
    with suppress(psycopg.OperationalError):
        turn_of(database, lambda: None).take()
    database.close()


@pytest.mark.parametrize("hosts", ["a:1", "/d?host=a:1&host=b:2", "a,b/d?target_session_attrs=any"])
def test_the_ledger_and_the_turn_are_connected_to_alike(connecting, hosts):
    _connect_both(f"postgresql+psycopg://u:p@{hosts}")
    ledger, turn = connecting
    del ledger["context"], turn["autocommit"]  # how each speaks, not to whom
    assert ledger == turn
    assert (turn["user"], turn["password"], turn["connect_timeout"]) == ("u", "p", 2)


@pytest.mark.parametrize(
    ("hosts", "sought"),
    [
        ("a", None),
        ("/d?host=a:1&host=b:2", "read-write"),
        ("/d?host=a&host=b&target_session_attrs=any", "any"),
    ],
)
def test_of_several_hosts_the_one_that_accepts_writes_is_sought(connecting, hosts, sought):
    _connect_both(f"postgresql+psycopg://u@{hosts}")
    assert [told.get("target_session_attrs") for told in connecting] == [sought, sought]


@pytest.mark.parametrize("dead", ["first", "last"])
def test_one_dead_host_of_two_is_passed_over(postgres_server, postgres_url, free_port, dead):
    new_database(postgres_url).close()
    ports = [free_port, postgres_server.port]
    hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports[:: 1 if dead == "first" else -1])
    database = Database(f"postgresql+psycopg://postgres@/{postgres_url.split('/')[-1]}?{hosts}")
    turn = turn_of(database, lambda: None)
    assert open_incident(database).number == 1
    assert turn.take()
    turn.close()
    database.close()
