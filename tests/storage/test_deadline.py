"""The watchdog drops what is late, whatever else the process is short of; and nothing else."""

import os
import resource
import socket
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from storage.deadline import Watchdog
from storage.errors import LedgerUnavailable

_NOT_YET = 3600.0


@pytest.fixture
def watchdog():
    """One that has begun."""
    with closing(Watchdog()) as made, socket.socket() as any_socket:
        with made.guard(any_socket.fileno(), time.monotonic() + _NOT_YET):
            pass
        yield made


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    theirs.settimeout(20)
    with ours, theirs:
        yield ours, theirs


@contextmanager
def _no_descriptor_left():
    was = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(one.name) for one in Path("/proc/self/fd").iterdir())
    taken = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, was[1]))
        with suppress(OSError):
            while True:
                taken.append(os.dup(0))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, was)
        for one in taken:
            os.close(one)


def test_whoever_is_late_is_dropped_though_no_descriptor_is_left(watchdog, pair):
    ours, theirs = pair
    with _no_descriptor_left(), watchdog.guard(ours.fileno(), time.monotonic()):
        assert theirs.recv(1) == b""


def test_whoever_cannot_be_watched_does_not_begin_and_may_later(pair):
    ours, theirs = pair
    with closing(Watchdog()) as watchdog:
        with (
            _no_descriptor_left(),
            pytest.raises(LedgerUnavailable),
            watchdog.guard(ours.fileno(), time.monotonic()),
        ):
            pytest.fail("nobody watched")
        with watchdog.guard(ours.fileno(), time.monotonic()):
            assert theirs.recv(1) == b""


def test_one_after_the_other_is_dropped(watchdog):
    for _ in range(3):
        ours, theirs = socket.socketpair()
        theirs.settimeout(20)
        with ours, theirs, watchdog.guard(ours.fileno(), time.monotonic()):
            assert theirs.recv(1) == b""


def test_whoever_has_the_number_by_then_is_left_alone(watchdog, pair):
    another, theirs = pair
    late, its_other_end = socket.socketpair()
    with its_other_end, late, watchdog.guard(late.fileno(), time.monotonic() + 0.1) as guarded:
        os.dup2(another.fileno(), late.fileno())
        give_up = time.monotonic() + 20
        while not guarded.dropped:
            assert time.monotonic() < give_up
            time.sleep(0.01)
    another.send(b"x")
    assert theirs.recv(1) == b"x"
