"""Connecting to PostgreSQL: whichever of its hosts accepts writes, within the time there is.

libpq asks one host after the other and gives each two seconds at least, and looking up a name has
no limit at all: too long for who must be answered in two and a half. So each host is asked in a
thread of its own, the one that was right last time a moment before the others.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import psycopg  # an extra: only there with PostgreSQL

PATIENCE = 2.0  # seconds, where nobody says how long there is
_HEAD_START = 0.2  # seconds: a host in another room has answered by then
_LAST_RESORT = 1.0  # seconds before a host is asked that failed: one far away has answered by then

_LISTS = ("host", "hostaddr", "port")  # as libpq takes them, separated by commas
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)

Parameters = Mapping[str, Any]  # of psycopg.connect


@contextmanager
def connecting_by(deadline: float) -> Iterator[None]:
    """What connects within the block gives up at `deadline`, of the monotonic clock."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


class Hosts:
    """The hosts that a database URL names. Which of them accepts writes may change."""

    def __init__(self, parameters: Parameters) -> None:
        self._hosts = _one_by_one(parameters)
        self._failed: Parameters | None = None  # the one whose session did so last
        self._granted: WeakKeyDictionary[psycopg.Connection, Parameters] = WeakKeyDictionary()

    def connect(self, **more: Any) -> "psycopg.Connection":
        """A session on the first host that grants one. Raises psycopg.OperationalError."""
        deadline = _deadline.get() or time.monotonic() + PATIENCE
        host, session = _Race(self._hosts, more, self._failed).won_by(deadline)
        self._hosts = sorted(self._hosts, key=lambda one: one is not host)
        self._granted[session] = host
        if host is self._failed:
            self._failed = None
        return session

    def doubt(self, session: "psycopg.Connection") -> None:
        """The host that granted this session failed it: from now on the others are asked first.

        A primary that was replaced and comes back accepts writes, and never commits one.
        """
        self._failed = host = self._granted.get(session)
        self._hosts = sorted(self._hosts, key=lambda one: one is host)


class _Race:
    """One attempt per host; the first that succeeds is it, and what succeeds later hangs up."""

    def __init__(
        self, hosts: list[Parameters], more: Parameters, failed: Parameters | None
    ) -> None:
        self._waiting = deque(hosts)
        self._more = more
        self._failed = failed
        self._answers: queue.SimpleQueue[tuple[Parameters, Any]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._over = False

    def won_by(self, deadline: float) -> tuple[Parameters, "psycopg.Connection"]:
        import psycopg  # noqa: PLC0415 -- an extra

        refused: list[str] = []
        asked = 0
        try:
            while self._waiting or len(refused) < asked:
                asked += self._ask_next()
                host, answer = self._answer(deadline)
                if isinstance(answer, psycopg.Connection):
                    return host, answer
                refused += [str(answer).strip()] if answer else []
                if time.monotonic() >= deadline:
                    break
        finally:
            self._end()
        raise psycopg.OperationalError("; ".join(refused) or "no host answered in time")

    def _ask_next(self) -> int:
        if not self._waiting:
            return 0
        host = self._waiting.popleft()
        threading.Thread(target=self._ask, args=(host,), name="connect", daemon=True).start()
        return 1

    def _answer(self, deadline: float) -> tuple[Parameters, Any]:
        left = max(deadline - time.monotonic(), 0.0)
        try:
            return self._answers.get(timeout=min(left, self._head_start()))
        except queue.Empty:
            return {}, None

    def _head_start(self) -> float:
        """Seconds until the next host is asked, where those that were asked do not answer."""
        if not self._waiting:
            return float("inf")
        return _LAST_RESORT if self._waiting[0] is self._failed else _HEAD_START

    def _ask(self, host: Parameters) -> None:
        import psycopg  # noqa: PLC0415 -- an extra

        answer: Any = "it could not be asked"
        try:
            answer = psycopg.connect(**host, **self._more)
        except (psycopg.Error, OSError) as error:  # OSError: no descriptor is left to wait with
            answer = error
        finally:
            with self._lock:
                self._answers.put((host, answer))
                if self._over:
                    self._hang_up()

    def _end(self) -> None:
        with self._lock:
            self._over = True
            self._hang_up()

    def _hang_up(self) -> None:
        import psycopg  # noqa: PLC0415 -- an extra

        while not self._answers.empty():
            _, late = self._answers.get()
            if isinstance(late, psycopg.Connection):
                late.close()


def _one_by_one(parameters: Parameters) -> list[Parameters]:
    lists = {name: str(parameters[name]).split(",") for name in _LISTS if parameters.get(name)}
    number = max(map(len, lists.values()), default=1)
    return [
        {**parameters, **{name: one[at % len(one)] for name, one in lists.items()}}
        for at in range(number)
    ]
