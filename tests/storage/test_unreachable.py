"""PostgreSQL that is partly dead: one host of several, or all of it frozen."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from inspect import unwrap
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

import storage.database
from storage import hosts
from storage.database import Database
from storage.errors import LedgerUnavailable, OutcomeUnknown
from storage.turn import turn_of
from tests.support.telling import cause, new_database, open_incident

pytestmark = pytest.mark.hurried

PROMPT = 4.0
WAIT = 2 * PROMPT  # seconds: four times as long as the program's, so that nothing hangs by a hair
BRIEF = 0.5
_WITH_A_LIMIT: tuple[Any, ...] = (Database.read, Database.telling, Database._transaction)


@pytest.fixture(autouse=True)
def _slower(monkeypatch):
    monkeypatch.setattr(storage.database, "_PROMPT", PROMPT)
    monkeypatch.setattr(hosts, "PATIENCE", WAIT)
    read, telling, transaction = map(unwrap, _WITH_A_LIMIT)
    for method in (read, telling):
        monkeypatch.setattr(method, "__defaults__", (WAIT,))
    monkeypatch.setitem(transaction.__kwdefaults__, "within", WAIT)


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
    with suppress(LedgerUnavailable):
        turn_of(database, lambda: None).take()
    database.close()


@pytest.mark.parametrize("hosts", ["a:1", "/d?host=a:1&host=b:2", "a,b/d?target_session_attrs=any"])
def test_the_ledger_and_the_turn_are_connected_to_alike(connecting, hosts):
    _connect_both(f"postgresql+psycopg://u:p@{hosts}")
    ledger = [_who(told) for told in connecting if "context" in told]
    turn = [_who(told) for told in connecting if "autocommit" in told]
    assert ledger == turn
    assert [told["host"] for told in ledger] == (["a"] if hosts == "a:1" else ["a", "b"])
    said = {(told["user"], told["password"], told["connect_timeout"]) for told in ledger}
    assert said == {("u", "p", 2)}


def _who(told):
    """To whom it connects, not how it speaks there."""
    return {name: told[name] for name in told if name not in {"context", "autocommit"}}


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
    assert {told.get("target_session_attrs") for told in connecting} == {sought}


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


@pytest.fixture
def postgres(postgres_url):
    with closing(new_database(postgres_url)) as opened:
        yield opened


@pytest.fixture
def freeze(postgres_server):
    """Stop the whole server as it is, its sockets open; `thaw` lets it go on, as does the end."""
    stopped: list[int] = []

    def signal_all(which):
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, which)

    class Freeze:
        def __call__(self):
            stopped.extend(_processes(postgres_server))
            signal_all(signal.SIGSTOP)

        def thaw(self):
            signal_all(signal.SIGCONT)
            stopped.clear()

    freeze = Freeze()
    yield freeze
    freeze.thaw()


def _processes(server):
    """The server's process ids, the one that starts all others first."""
    (postmaster,) = server.admin.execute(
        "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int"
    ).fetchone()
    backends = server.admin.execute("SELECT pid FROM pg_stat_activity").fetchall()
    return [postmaster, *(pid for (pid,) in backends)]


@contextmanager
def _takes_at_most(seconds):
    """As many as a busy machine may need, and fewer than a limit that is missing would cost.

    That is WAIT instead of a command's own, WAIT twice instead of once, or WAIT anew after the
    PROMPT in which a connection of the pool gave no answer.
    """
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


def _name(database):
    with database.read() as ledger:
        return ledger.page.name


def _rename(database, freeze=lambda: None, within=WAIT):
    with database.telling(cause(), within) as ledger:
        freeze()
        ledger.configure(name="Renamed")


def test_a_frozen_server_refuses_in_time_and_saves_nothing_when_it_thaws(postgres, freeze):
    freeze()
    with _takes_at_most(WAIT), pytest.raises(LedgerUnavailable) as refused:
        _rename(postgres, within=BRIEF)
    freeze.thaw()
    assert not isinstance(refused.value, OutcomeUnknown)
    assert _name(postgres) == "Coursera"
    _rename(postgres)
    assert _name(postgres) == "Renamed"


def test_a_server_that_freezes_in_a_transaction_saves_nothing_of_it(postgres, freeze):
    with _takes_at_most(WAIT), pytest.raises(LedgerUnavailable) as refused:
        _rename(postgres, freeze, within=BRIEF)
    freeze.thaw()
    assert not isinstance(refused.value, OutcomeUnknown)
    assert _name(postgres) == "Coursera"


def test_a_server_that_freezes_before_the_commit_leaves_the_outcome_unknown(postgres, freeze):
    def write():
        with postgres.write() as ledger:
            assert ledger.has_page()
            freeze()

    with _takes_at_most(2 * WAIT), pytest.raises(OutcomeUnknown):
        write()


def test_readers_of_a_frozen_server_are_refused_in_time(postgres, freeze):
    freeze()
    with _takes_at_most(PROMPT + WAIT), pytest.raises(LedgerUnavailable):
        _name(postgres)
    with _takes_at_most(PROMPT + WAIT), pytest.raises(LedgerUnavailable):
        postgres.ensure_ready()


def test_connecting_to_a_frozen_server_gives_up_in_time(postgres, freeze):
    with closing(Database(str(postgres.url))) as fresh:
        freeze()
        with _takes_at_most(2 * WAIT), pytest.raises(LedgerUnavailable):
            _rename(fresh, within=BRIEF)


def test_more_commands_than_connections_are_each_refused_in_time(postgres, freeze):
    def rename(person):
        time.sleep(person / 10)
        with _takes_at_most(PROMPT + WAIT), pytest.raises(LedgerUnavailable):
            _rename(postgres)

    freeze()
    with ThreadPoolExecutor(16) as people:
        refused = [people.submit(rename, person) for person in range(16)]
    freeze.thaw()
    assert [one.result() for one in refused] == [None] * 16
    assert _name(postgres) == "Coursera"


def test_the_turn_of_a_server_that_freezes_is_given_up_in_time(postgres, freeze):
    with closing(turn_of(postgres, lambda: None)) as turn:
        assert turn.take()
        freeze()
        with _takes_at_most(2 * WAIT):
            turn.close()


def test_a_server_that_freezes_once_it_let_us_in_does_not_keep_us(postgres, freeze, monkeypatch):
    connect = psycopg.connect

    def connect_then_freeze(**parameters):
        connection = connect(**parameters)
        freeze()
        return connection

    monkeypatch.setattr(psycopg, "connect", connect_then_freeze)
    turn = turn_of(postgres, lambda: None)
    with _takes_at_most(2 * WAIT):
        with pytest.raises(LedgerUnavailable):
            turn.take()
        turn.close()
    monkeypatch.undo()
    freeze.thaw()
    assert _turn_is_free(postgres)


def _turn_is_free(database):
    with closing(turn_of(database, lambda: None)) as turn:
        give_up = time.monotonic() + 30
        while not (free := turn.take()) and time.monotonic() < give_up:
            time.sleep(0.02)
        return free


def test_a_connection_that_died_in_the_pool_is_replaced_unseen(postgres, postgres_server):
    postgres_server.admin.execute(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = %s",
        (postgres.url.database,),
    )
    _rename(postgres)
    assert _name(postgres) == "Renamed"


def test_who_notices_too_late_that_the_server_answers_connects_anew(postgres, monkeypatch):
    """As on a machine with too much to do: the watchdog runs, and whoever was answered does not."""
    monkeypatch.setattr(storage.database, "_PROMPT", 0.05)
    before = _name(postgres)

    @event.listens_for(postgres.engine, "after_cursor_execute")
    def stand_still(*args):
        give_up = time.monotonic() + 5
        while args[2] == "SELECT 1" and postgres.watchdog._guarded and time.monotonic() < give_up:
            time.sleep(0.001)

    for _ in range(3):
        assert _name(postgres) == before
