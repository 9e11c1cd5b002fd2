"""The file of an embedded database: is it still the one we opened, and did its disk keep its word?

An unlinked file can be written to for ever, and everything in it is gone when the process ends. And
a failed fsync may be reported once: the next one succeeds without having written what the first one
lost. SQLite itself notices neither.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from storage.errors import LedgerUnavailable

_GONE = "the database's file is gone"
_UNSAFE = "the disk failed to keep a change, and the database is not yet whole again"

_ROOM = 1024 * 1024  # bytes: about a hundred commands

Identity = tuple[int, int]


class EmbeddedFile:
    """An SQLite file and its write-ahead log; without a path only the log is looked at."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.may_be_made = False  # else a file that is not there is a failure, and not a beginning
        # Each copies the log into the file with fresh writes, so that no failed fsync of the past
        # counts. A process that died may have left us rows which the disk does not have: PASSIVE,
        # which waits for nobody, since then nobody else has the file open.
        self._owed = "PASSIVE"

    def watch(self, engine: Engine) -> None:
        """Note of each connection which file it opened."""
        if self._path:
            event.listen(engine, "do_connect", self._look_before)
            event.listen(engine, "connect", self._look_after)

    def is_open_in(self, connection: Connection) -> bool:
        """True while what this connection reads and writes is what stands under the path."""
        return not self._path or connection.info.get("file") == self._identity()

    def doubt(self) -> None:
        """A commit failed: nothing is acknowledged before the log was emptied into the file.

        That also ends the change whose commit failed, which a later look might find otherwise.
        """
        self._owed = "TRUNCATE"

    def ensure_kept(self, connection: Connection, wait: float) -> None:
        """Do what is owed to the file, before anything is written. Raises LedgerUnavailable."""
        if not self._owed:
            return
        cursor = connection.connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout={wait * 1000:.0f}")
            is_busy, *_ = cursor.execute(f"PRAGMA wal_checkpoint({self._owed})").fetchone()
        except sqlite3.Error as error:
            raise LedgerUnavailable(str(error)) from error
        if is_busy and self._owed == "TRUNCATE":
            raise LedgerUnavailable(_UNSAFE)
        self._owed = ""

    def ensure_room(self) -> None:
        """Raise LedgerUnavailable where a small change may still fit, and a larger one not."""
        disk = os.statvfs(self._path.parent) if self._path else None
        if disk and disk.f_bavail * disk.f_frsize < _ROOM:
            raise LedgerUnavailable("the ledger's disk is full, or nearly")

    def _identity(self) -> Identity | None:
        with suppress(OSError):
            found = self._path.stat() if self._path else None
            return (found.st_dev, found.st_ino) if found else None
        return None

    def _look_before(self, _dialect: Any, record: Any, *_: Any) -> None:
        record.info["file"] = self._identity()
        if not (record.info["file"] or self.may_be_made):
            raise sqlite3.OperationalError(_GONE)

    def _look_after(self, _connection: Any, record: Any) -> None:
        record.info["file"] = record.info["file"] or self._identity()


def file_of(database: str | None) -> EmbeddedFile:
    """Of what an SQLite URL names."""
    is_path = database and database != ":memory:" and not database.startswith("file:")
    return EmbeddedFile(Path(database) if database and is_path else None)
