"""The engines of the two databases: how each is connected to, and how a transaction begins."""

import sqlite3
import time
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from storage.hosts import Hosts

IN_MEMORY = "sqlite://"  # of one thread, as long as it is open; it writes no file at all
WAIT = 2.0  # seconds a writer waits for another; the whole answer may take 2.5
AT_LEISURE = 30.0  # for a snapshot that documents are rendered from: nobody waits for an answer
UNHURRIED = 86_400.0  # for the whole ledger, read or written at once
# Within such a transaction, whose other end may be a slow disk or another machine.
NO_LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
# The server looks whether we are still there: a dropped connection must not hold the page's lock,
# nor one that the network swallowed in the middle of a statement, which no other clock ends.
# Whatever the server's own habits, what is committed is on its disk, and on the standby's if it has
# one that must confirm.
_LIMITS = (
    "-c lock_timeout=800 -c statement_timeout=2000 -c client_connection_check_interval=300"
    " -c idle_in_transaction_session_timeout=5000 -c synchronous_commit=remote_apply"
    " -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
)
_OURS = {
    "connect_timeout": 2,  # the least that libpq knows
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 2000,
    "options": _LIMITS,
}
_PAUSE = 0.01
# Read-only, shut down, connection lost: the pool is stale. So it may be where a lock is held for
# long: a replaced primary lets nobody past the page's row, once one commit hangs there.
_GONE = ("25006", "57P", "08", "55P03")


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
    if not url.database:
        event.listen(engine, "connect", _sort_in_memory)
    event.listen(engine, "begin", _begin)
    return engine


def sqlite_options(*, writes: bool, wait: float) -> dict[str, Any]:
    """How a connection's next transactions begin; `wait` for other processes, in seconds."""
    return {"duckrow_writes": writes, "duckrow_wait": min(max(wait, 0.0), AT_LEISURE)}


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    _switch_to_the_log(connection)
    connection.execute("PRAGMA synchronous=FULL")  # NORMAL loses acknowledged rows at a power cut
    connection.execute("PRAGMA foreign_keys=ON")


def _switch_to_the_log(connection: sqlite3.Connection) -> None:
    """SQLite itself does not wait for another that begins the same file just now."""
    until = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _sort_in_memory(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA temp_store=MEMORY")


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
    engine.dialect.use_insertmanyvalues_wo_returning = True  # many rows at once, and no pipeline
    event.listen(engine, "do_connect", partial(_connect, hosts))
    event.listen(engine, "do_executemany", _one_by_one)
    event.listen(engine, "handle_error", partial(_notice_disconnect, hosts))
    return engine


def _connect(hosts: Hosts, _dialect: object, _record: object, _args: object, given: Any) -> Any:
    return hosts.connect(context=given["context"])  # SQLAlchemy's types


def _one_by_one(cursor: Any, statement: str, rows: Any, _context: object) -> bool:
    """The driver would send a pipeline, and a flush after it while answers are still to come.

    After a flush PostgreSQL (15.18) ends no idle transaction until the next statement: who stands
    still there, or is cut off, would hold the page's lock for as long.
    """
    for row in rows:
        cursor.execute(statement, row)
    return True


def parameters(url: URL) -> dict[str, Any]:
    """What psycopg connects with, to one of the hosts it names."""
    _, given = url.get_dialect()().create_connect_args(url)
    given.pop("context", None)  # SQLAlchemy's own
    several = "," in given.get("host", "")
    sought = {"target_session_attrs": "read-write"} if several else {}
    return {**sought, **given, **_OURS}


def _notice_disconnect(hosts: Hosts, context: Any) -> None:
    state = getattr(context.original_exception, "sqlstate", None) or ""
    if state.startswith(_GONE):
        context.is_disconnect = True
    connection = context.connection  # None: it was never made
    if context.is_disconnect and connection and not connection.invalidated:
        hosts.doubt(connection.connection.driver_connection)
