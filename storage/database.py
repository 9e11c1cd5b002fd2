"""Opening the ledger: engines, transactions, and what their failures mean."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

from sqlalchemy import Connection, exc, make_url, text

from bot.core.observer import NOBODY, Observer
from bot.core.page import Page
from storage import engines, migrate, standbys
from storage.deadline import Watchdog
from storage.embedded import file_of
from storage.engines import WAIT
from storage.errors import LedgerUnavailable, OutcomeUnknown
from storage.hosts import Hosts, connecting_by
from storage.ledger import Cause, Ledger, Telling
from storage.standbys import Weakness

CHANNEL = "duckrow"  # of NOTIFY, the wake-up that crosses processes
_PROMPT = 1.0  # seconds for a sign of life, so that some are left to ask another host


class Database:
    """The ledger's database, and the only way to it. Close it when done."""

    def __init__(self, url: str, observer: Observer = NOBODY) -> None:
        self.url = make_url(url)
        self._observer = observer
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.hosts = Hosts({} if self.is_sqlite else engines.parameters(self.url))
        self.engine = engines.engine_of(self.url, self.hosts)
        self._file = file_of(self.url.database)
        if self.is_sqlite:
            self._file.watch(self.engine)
        self.watchdog = Watchdog()
        self._writer = threading.Lock()  # SQLite has one writer; waiting here beats polling there

    @property
    def connections_in_use(self) -> int:
        """Of the pool, which has a limit."""
        return int(self.engine.pool.checkedout())  # type: ignore[attr-defined]

    def close(self) -> None:
        self.engine.dispose()
        self.watchdog.close()

    def is_unmade(self) -> bool:
        """True where an embedded database is still to be made."""
        return self.is_sqlite and self._file.is_unmade()

    def ensure_made(self) -> None:
        """Make an embedded database that is not there. Raises LedgerGone where one has been."""
        if self.is_sqlite and not self._file.is_made():
            self.migrate()

    def migrate(self) -> None:
        """Bring the tables up to this program's version. Raises LedgerGone where one has been."""
        self._file.may_be_made = True
        try:
            with _told_plainly():
                migrate.upgrade(self.engine)
        finally:
            self._file.may_be_made = False

    def begin(self, page: Page) -> bool:
        """Give an empty ledger its page; True for the one process that did."""
        with self.read() as ledger:
            if ledger.has_page():
                return False
        with suppress(exc.IntegrityError), self.write() as ledger:  # another was first
            return ledger.begin_page(page)
        return False

    def ensure_ready(self) -> None:
        """Check the tables' version; an embedded database is migrated on the spot."""
        if self.is_sqlite:
            self.migrate()
        else:
            self.check()

    def check(self, *, or_newer: bool = False) -> None:
        """Raise WrongLedger unless the tables are this program's; changes nothing.

        A process at work goes on over a newer program's, which only add to them.
        """
        with self._transaction(writes=False) as connection:
            migrate.check(connection, or_newer=or_newer)

    def weakness(self) -> Weakness | None:
        """Of how the server is copied. Raises LedgerUnavailable."""
        if self.is_sqlite:
            return None
        with self._transaction(writes=False) as connection:
            return standbys.weakness(connection)

    def rehearse(self) -> None:
        """Commit a row as it was: what would stop a command's commit stops this one.

        It is the one row that no command waits for. Raises LedgerUnavailable.
        """
        if self.is_sqlite:
            self._file.ensure_room()
        with self._transaction(writes=True) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))

    @contextmanager
    def read(self, within: float = WAIT) -> Iterator[Ledger]:
        """One snapshot of the ledger, for so many seconds. Raises LedgerUnavailable."""
        with self._transaction(writes=False, within=within) as connection:
            yield Ledger(connection)

    @contextmanager
    def write(self) -> Iterator[Ledger]:
        """A transaction for bookkeeping, which never makes a revision. Raises LedgerUnavailable."""
        with self._transaction(writes=True) as connection:
            yield Ledger(connection)

    @contextmanager
    def at_length(self, *, writes: bool) -> Iterator[Ledger]:
        """A transaction over the whole ledger, however long that takes. Raises LedgerUnavailable.

        One that writes may write anything, and wakes nobody.
        """
        with self._transaction(writes=writes, within=engines.UNHURRIED) as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(engines.NO_LIMITS)
            yield Ledger(connection)

    @contextmanager
    def telling(self, cause: Cause, within: float = WAIT) -> Iterator[Telling]:
        """A transaction that may tell something, and then makes exactly one revision.

        Raises LedgerUnavailable when nothing was written within so many seconds, OutcomeUnknown
        when nobody can say yet.
        """
        with self._transaction(writes=True, within=within) as connection:
            ledger = Telling(connection, cause)
            _ = ledger.page  # writers queue at the page's row, so revisions commit in order
            yield ledger
            if ledger.finish() and not self.is_sqlite:
                connection.execute(text(f"NOTIFY {CHANNEL}"))

    @contextmanager
    def _transaction(self, *, writes: bool, within: float = WAIT) -> Iterator[Connection]:
        deadline = time.monotonic() + within
        with (
            self._turn(writes=writes, within=within),
            _told_plainly(),
            connecting_by(deadline),
            self.engine.connect() as connection,
        ):
            if self.is_sqlite:
                self._ensure_it_is_there(connection, deadline, writes=writes)
            else:
                self._ensure_it_answers(connection, deadline)
            connection.execution_options(**self._options(deadline, writes=writes))
            with self._watched(connection, deadline), connection.begin() as transaction:
                yield connection
                if transaction.is_active:
                    began = time.monotonic()
                    self._commit(connection, transaction.commit, writes=writes)
                    if writes:
                        self._observer.committed(time.monotonic() - began)

    @contextmanager
    def _turn(self, *, writes: bool, within: float) -> Iterator[None]:
        if not (writes and self.is_sqlite):
            yield
            return
        if not self._writer.acquire(timeout=within):
            raise LedgerUnavailable("the ledger is busy")
        try:
            yield
        finally:
            self._writer.release()

    def _options(self, deadline: float, *, writes: bool) -> dict[str, Any]:
        if self.is_sqlite:
            return engines.sqlite_options(writes=writes, wait=deadline - time.monotonic())
        if writes:  # None: as the server has it; False would write where its people forbade that
            return {"isolation_level": "READ COMMITTED", "postgresql_readonly": None}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def _ensure_it_is_there(self, connection: Connection, deadline: float, *, writes: bool) -> None:
        """A file that was replaced is opened anew; one that was removed is refused."""
        if not self._file.is_open_in(connection):
            connection.invalidate()
            self.engine.dispose()
        if writes:
            self._file.ensure_kept(connection, max(deadline - time.monotonic(), 0.0))

    def _ensure_it_answers(self, connection: Connection, deadline: float) -> None:
        """What the pool kept may have died with its server; it is then connected anew."""
        if time.monotonic() > deadline:  # by connecting, which the next one need not do again
            raise LedgerUnavailable("the database let us in too late")
        connection.execution_options(isolation_level="AUTOCOMMIT")  # one round trip, not three
        soon = min(deadline, time.monotonic() + _PROMPT)
        try:
            with self._watched(connection, soon), connection.begin():
                connection.exec_driver_sql("SELECT 1")
        except exc.DBAPIError as error:
            if not error.connection_invalidated or time.monotonic() > deadline:
                raise

    def _commit(self, connection: Connection, commit: Callable[[], None], *, writes: bool) -> None:
        try:
            with self._hearing(connection) as doubts:
                commit()
        except exc.DBAPIError as error:
            connection.invalidate()
            if _is_locked(error) or not writes:  # what only looked has no outcome
                raise
            self._file.doubt()
            raise OutcomeUnknown("the connection was lost while saving") from error
        if doubts:
            raise OutcomeUnknown(doubts[0])
        if writes and self.is_sqlite and not self._file.is_open_in(connection):
            raise OutcomeUnknown("the database's file was taken away while saving")

    def _hearing(self, connection: Connection) -> AbstractContextManager[list[str]]:
        return nullcontext([]) if self.is_sqlite else standbys.doubts(connection)

    @contextmanager
    def _watched(self, connection: Connection, deadline: float) -> Iterator[None]:
        if self.is_sqlite:
            yield
            return
        socket = connection.connection.driver_connection.fileno()  # type: ignore[union-attr]
        with self.watchdog.guard(socket, deadline) as guarded:
            yield
        if guarded.dropped:  # all went well, and at the last moment: nothing more will
            connection.invalidate()


def _is_locked(error: exc.DBAPIError) -> bool:
    original = error.orig
    return isinstance(original, sqlite3.Error) and original.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
    )


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except exc.TimeoutError as error:  # every connection of the pool is taken
        raise LedgerUnavailable("the database is busy") from error
    except (exc.OperationalError, exc.InterfaceError, exc.InternalError) as error:
        reason = str(error.orig).strip().splitlines()
        raise LedgerUnavailable(reason[0] if reason else "the database did not answer") from error
    except exc.DatabaseError as error:
        if (
            isinstance(error.orig, sqlite3.DatabaseError)
            and type(error.orig) is sqlite3.DatabaseError
        ):
            raise LedgerUnavailable(str(error.orig)) from error  # damaged, or no database at all
        raise
