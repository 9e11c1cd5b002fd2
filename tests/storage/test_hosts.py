"""Finding the host that accepts writes, whatever the others do."""

import errno
import socket
import threading
import time
from contextlib import ExitStack, closing

import psycopg
import pytest
from sqlalchemy import make_url

from storage import engines
from storage import hosts as hosts_module
from storage.database import Database
from storage.errors import LedgerUnavailable
from storage.hosts import Hosts, connecting_by
from tests.support.telling import cause, new_database, open_incident

pytestmark = pytest.mark.hurried

LIBPQS = 60  # seconds that libpq gives each host; the least that it knows is two
SOON = 30  # seconds: less than that


@pytest.fixture
def black_hole():
    """A port that takes what is sent there, and never answers: its queue is full."""
    with ExitStack() as stack:
        hole = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(hole.getsockname())
        yield hole.getsockname()[1]


def _on(postgres_url, *ports):
    hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports)
    return f"postgresql+psycopg://postgres@/{postgres_url.split('/')[-1]}?{hosts}"


@pytest.mark.parametrize("dead", ["first", "last", "both sides"])
def test_a_host_that_swallows_everything_costs_next_to_nothing(
    postgres_server, postgres_url, black_hole, dead, monkeypatch
):
    new_database(postgres_url).close()
    monkeypatch.setitem(engines._OURS, "connect_timeout", LIBPQS)
    real = postgres_server.port
    ports = {
        "first": (black_hole, real),
        "last": (real, black_hole),
        "both sides": (black_hole, real, black_hole),
    }
    with closing(Database(_on(postgres_url, *ports[dead]))) as database:
        with database.telling(cause(), within=SOON) as ledger:
            ledger.configure(name="Saved")
        assert open_incident(database).number == 1


def test_where_no_host_answers_whoever_waits_is_refused_in_time(
    postgres_url, black_hole, monkeypatch
):
    monkeypatch.setitem(engines._OURS, "connect_timeout", LIBPQS)
    with closing(Database(_on(postgres_url, black_hole, black_hole))) as database:
        began = time.monotonic()
        with pytest.raises(LedgerUnavailable), database.telling(cause(), within=0.3):
            pytest.fail("nobody let us in")
        assert time.monotonic() - began < SOON


def test_a_name_that_nobody_resolves_is_not_waited_for(monkeypatch):
    resolved = threading.Event()

    def resolve(*_args, **_more):
        resolved.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "nobody knows")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with closing(Database("postgresql+psycopg://u@db.example.com/d")) as database:
        began = time.monotonic()
        with pytest.raises(LedgerUnavailable), database.read(within=0.3):
            pytest.fail("nobody let us in")
        assert time.monotonic() - began < 15
    resolved.set()


class Servers(dict[str, threading.Event | None]):
    """What each host waits for before it lets anybody in, and who came and went."""

    def __init__(self):
        self.asked: list[str] = []
        self.left: list[str] = []

    def connect(self, **parameters):
        host = parameters["host"]
        self.asked.append(host)
        let_in = self[host]
        if let_in is None or let_in.wait(10):
            return Session(host, self.left)
        raise psycopg.OperationalError(f"{host} refuses")


class Session(psycopg.Connection):
    """One that was never connected to anything."""

    def __init__(self, host, left):
        self.host, self._left = host, left

    def __del__(self, *_: object):
        pass

    def close(self):
        self._left.append(self.host)


@pytest.fixture
def servers(monkeypatch):
    servers = Servers()
    monkeypatch.setattr(psycopg, "connect", servers.connect)
    monkeypatch.setattr(hosts_module, "PATIENCE", 60)  # which is no matter here
    return servers


@pytest.fixture
def unhurried(monkeypatch):
    """Nobody else is asked while the first has not answered, however busy the machine."""
    monkeypatch.setattr(hosts_module, "_HEAD_START", 10)


def _hosts(url="postgresql+psycopg://u@a,b/d"):
    return Hosts(engines.parameters(make_url(url)))


class Refusal(threading.Event):
    def wait(self, timeout=None):
        return False


def test_the_host_that_was_right_last_time_is_asked_alone(servers, unhurried):
    hosts = _hosts()
    servers |= {"a": Refusal(), "b": None}
    assert hosts.connect().host == "b"
    servers.asked.clear()
    assert hosts.connect().host == "b"
    assert servers.asked == ["b"]


def test_a_host_in_doubt_is_asked_last_however_many_of_its_sessions_failed(servers, unhurried):
    hosts = _hosts()
    servers |= {"a": None, "b": None}
    failed = [hosts.connect(), hosts.connect()]
    assert [one.host for one in failed] == ["a", "a"]
    for one in failed:
        hosts.doubt(one)
    assert hosts.connect().host == "b"


class Far(threading.Event):
    """It lets everybody in, after more than a head start."""

    def wait(self, timeout=None):
        time.sleep(2 * hosts_module._HEAD_START)
        return True


def test_a_host_in_doubt_is_not_asked_before_one_far_away_has_answered(servers, monkeypatch):
    monkeypatch.setattr(hosts_module, "_LAST_RESORT", 30)  # however busy the machine
    hosts = _hosts()
    servers |= {"a": None, "b": Far()}
    hosts.doubt(hosts.connect())
    assert hosts.connect().host == "b"


def test_whoever_answers_too_late_is_left_again(servers):
    hosts, slow = _hosts(), threading.Event()
    servers |= {"a": slow, "b": None}
    assert hosts.connect().host == "b"
    slow.set()
    give_up = time.monotonic() + 10
    while servers.left != ["a"] and time.monotonic() < give_up:
        time.sleep(0.01)
    assert servers.left == ["a"]


def test_the_reasons_of_every_host_are_told(servers):
    servers |= {"a": Refusal(), "b": Refusal()}
    with pytest.raises(psycopg.OperationalError) as refused:
        _hosts().connect()
    assert sorted(str(refused.value).split("; ")) == ["a refuses", "b refuses"]


class Exhausted(threading.Event):
    def wait(self, timeout=None):
        raise OSError(errno.EMFILE, "Too many open files")


def test_a_host_there_is_no_descriptor_for_is_one_that_refuses(servers):
    servers |= {"a": Exhausted(), "b": None}
    assert _hosts().connect().host == "b"
    servers |= {"b": Exhausted()}
    with pytest.raises(psycopg.OperationalError, match="Too many open files"):
        _hosts().connect()


def test_nobody_is_asked_for_longer_than_there_is(servers):
    servers |= {"a": threading.Event(), "b": threading.Event()}
    with pytest.raises(psycopg.OperationalError), connecting_by(time.monotonic() + 0.3):
        _hosts().connect()
    for one in servers.values():
        one.set()


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("a", [("a", None)]),
        ("a:1", [("a", "1")]),
        ("/d?host=a:1&host=b:2", [("a", "1"), ("b", "2")]),
        ("/d?host=a,b&port=7,8", [("a", "7"), ("b", "8")]),
        ("/d?host=/run/postgresql", [("/run/postgresql", None)]),
        ("/d", [(None, None)]),
    ],
)
def test_each_host_of_the_address_is_one_to_ask(url, asked):
    hosts = _hosts(f"postgresql+psycopg://u@{url}")
    assert [(one.get("host"), one.get("port")) for one in hosts._hosts] == asked
