"""The turn on PostgreSQL is a lease: who shows no sign of life has lost it, and notices."""

import errno
import os
import signal
import threading
import time
from contextlib import closing, contextmanager

import pytest

from storage import turn
from storage.database import Database
from storage.errors import LedgerUnavailable
from storage.turn import SessionTurn
from tests.support.telling import new_database
from tests.support.wire import wire_to


@pytest.fixture
def postgres(postgres_url):
    with closing(new_database(postgres_url)) as opened:
        yield opened


@pytest.fixture
def brief(monkeypatch):
    """Shorter, but for the answer: a busy machine keeps it waiting here as anywhere."""
    monkeypatch.setattr(turn, "_BEAT", 0.2)
    monkeypatch.setattr(turn, "_ANSWER", 2.0)
    monkeypatch.setattr(turn, "_LEASE", 2.5)
    monkeypatch.setattr(turn, "_SERVERS_PATIENCE", 3)


@contextmanager
def _another_process(folder, url):
    """One that has the turn, and writes down whether it believes so after it stood still."""
    child = os.fork()
    if child == 0:
        held = _turn(Database(url))
        while not held.take():
            time.sleep(0.05)
        (folder / "taken").touch()
        last = time.monotonic()
        while time.monotonic() - last < turn._LEASE:
            last = time.monotonic()
            time.sleep(0.01)
        (folder / "believed").write_text(str(held._is_ours()))
        os._exit(0)
    try:
        _wait_for((folder / "taken").exists)
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _turn(database, wake=lambda: None):
    return SessionTurn(database.hosts, database.watchdog, wake)


def test_whoever_stands_still_loses_the_turn_to_another_and_notices_first_thing(
    brief, postgres, tmp_path
):
    with (
        _another_process(tmp_path, str(postgres.url)) as child,
        closing(_turn(postgres)) as ours,
    ):
        assert not ours.take()
        os.kill(child, signal.SIGSTOP)
        time.sleep(turn._LEASE + 0.5)  # or it would not know that it stood still
        _wait_for(ours.take)
        os.kill(child, signal.SIGCONT)
        _wait_for(lambda: (tmp_path / "believed").exists() and (tmp_path / "believed").read_text())
        assert (tmp_path / "believed").read_text() == "False"
        assert ours.take()


def test_whoever_is_cut_off_loses_the_turn_to_another(brief, postgres, postgres_server):
    with wire_to(postgres_server.port) as wire:
        url = f"postgresql+psycopg://postgres@127.0.0.1:{wire.port}/{postgres.url.database}"
        with (
            closing(Database(url)) as far,
            closing(_turn(far)) as theirs,
            closing(_turn(postgres)) as ours,
        ):
            assert theirs.take()
            wire.swallow()
            _wait_for(ours.take)
            assert not theirs._is_ours()
            wire.carry()
            assert not theirs.take()
            assert ours.take()


def test_a_turn_that_is_kept_busy_is_kept(brief, postgres, monkeypatch):
    """Who is woken all the time shows all the same that it lives."""
    monkeypatch.setattr(turn, "_LEASE", 60.0)  # a machine that stands still loses it by rights
    monkeypatch.setattr(turn, "_ANSWER", 60.0)
    monkeypatch.setattr(turn, "_SERVERS_PATIENCE", 61)
    woken = threading.Event()
    with closing(_turn(postgres, woken.set)) as ours:
        assert ours.take()
        ended, give_up = ours._lease_ends, time.monotonic() + 30
        while ours._lease_ends < ended + 2:
            assert time.monotonic() < give_up, "its lease is not renewed"
            with postgres.engine.begin() as connection:
                connection.exec_driver_sql("NOTIFY duckrow")
            assert ours._is_ours()
            time.sleep(0.02)
        assert woken.is_set()


def test_several_loops_that_ask_are_one_question_to_the_server(postgres, monkeypatch):
    asked = []
    connect = postgres.hosts.connect

    def counted(**how):
        asked.append(how)
        return connect(**how)

    monkeypatch.setattr(postgres.hosts, "connect", counted)
    with (
        closing(_turn(postgres)) as theirs,
        closing(_turn(postgres)) as ours,
    ):
        assert theirs.take()
        asked.clear()
        assert [ours.take() for _ in range(5)] == [False] * 5
        assert len(asked) == 1


def test_a_turn_there_is_no_descriptor_for_is_given_back_at_once(brief, postgres, monkeypatch):
    def no_descriptor(_number):
        raise OSError(errno.EMFILE, "Too many open files")

    def ask():
        with pytest.raises(LedgerUnavailable, match="Too many open files"):
            ours.take()

    ours = _turn(postgres)
    asking = threading.Thread(target=ask, daemon=True)
    with monkeypatch.context() as patched:
        patched.setattr(os, "dup", no_descriptor)
        asking.start()
        asking.join(20)
        assert not asking.is_alive()
    with closing(_turn(postgres)) as theirs:
        _wait_for(theirs.take)
    with closing(ours):
        _wait_for(ours.take)


def _wait_for(condition):
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)
