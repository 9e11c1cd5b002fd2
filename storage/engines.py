"""The engines of the two databases: how each is connected to, and how a transaction begins."""

import sqlite3
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from storage.hosts import Hosts

WAIT = 2.0  # seconds a writer waits for another; the whole answer may take 2.5
AT_LEISURE = 30.0  # for a snapshot that documents are rendered from: nobody waits for an answer
UNHURRIED = 86_400.0  # for the whole ledger, read or written at once
# Within such a transaction, whose other end may be a slow disk or another machine.
NO_LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
# The server looks whether we are still there: a dropped connection must not hold the page's lock.
# Whatever the server's own habits, what is committed is on its disk, and on the standby's if it has
# one that must confirm.
_LIMITS = (
    "-c lock_timeout=800 -c statement_timeout=2000 -c client_connection_check_interval=300"
    " -c idle_in_transaction_session_timeout=5000 -c synchronous_commit=remote_apply"
)
_OURS = {
    "connect_timeout": 2,  # the least that libpq knows
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 2000,
    "options": _LIMITS,
}
_GONE = ("25006", "57P", "08")  # read-only, shut down, connection lost: the pool is stale


def engine_of(url: URL, hosts: Hosts) -> Engine:
    """The engine for either kind of database."""
    if url.get_backend_name() == "sqlite":
        return sqlite(url)
    return postgresql(url, hosts)


def sqlite(url: URL) -> Engine:
    """An engine whose transactions write, and wait for `WAIT`, unless their options say."""
    engine = create_engine(
        url, connect_args={"timeout": WAIT, "isolation_level": None, "check_same_thread": False}
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def sqlite_options(*, writes: bool, wait: float) -> dict[str, Any]:
    """How a connection's next transactions begin; `wait` for other processes, in seconds."""
    return {"duckrow_writes": writes, "duckrow_wait": min(max(wait, 0.0), AT_LEISURE)}


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # NORMAL loses acknowledged rows at a power cut
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    wait = options.get("duckrow_wait", WAIT)
    connection.connection.cursor().execute(f"PRAGMA busy_timeout={wait * 1000:.0f}")
    # A transaction that reads first and writes later fails at once when another wrote between.
    writes = options.get("duckrow_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def postgresql(url: URL, hosts: Hosts) -> Engine:
    """An engine whose pool does not look whether a connection still answers."""
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=0,
        pool_timeout=0.5,  # then it is tried again, as long as there is time
    )
    event.listen(engine, "do_connect", partial(_connect, hosts))
    event.listen(engine, "handle_error", _notice_disconnect)
    return engine


def _connect(hosts: Hosts, _dialect: object, _record: object, _args: object, given: Any) -> Any:
    return hosts.connect(context=given["context"])  # SQLAlchemy's types


def parameters(url: URL) -> dict[str, Any]:
    """What psycopg connects with, to one of the hosts it names."""
    _, given = url.get_dialect()().create_connect_args(url)
    given.pop("context", None)  # SQLAlchemy's own
    several = "," in given.get("host", "")
    sought = {"target_session_attrs": "read-write"} if several else {}
    return {**sought, **given, **_OURS}


def _notice_disconnect(context: Any) -> None:
    state = getattr(context.original_exception, "sqlstate", None) or ""
    if state.startswith(_GONE):
        context.is_disconnect = True
