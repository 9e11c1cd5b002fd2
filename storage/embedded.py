"""The file of an embedded database: is it still the one we opened, and did its disk keep its word?

An unlinked file can be written to for ever, and everything in it is gone when the process ends. And
a failed fsync may be reported once: the next one succeeds without having written what the first one
lost. SQLite itself notices neither.

Nor does it mind to begin an empty file where one is away for a while, and then it throws away the
log that was left there, with what people were told is saved. So none is begun where one has been.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from storage.errors import LedgerGone, LedgerUnavailable

_GONE = "the database's file is gone: there is no ledger at"
_REMEDY = "Put it back. If it is lost for good: stop the bot and remove what is left of it."
_UNSAFE = "the disk failed to keep a change, and the database is not yet whole again"

_LOG = ("-wal",)
_BESIDE = (*_LOG, "-shm", "-loop")  # the last is the turn's (storage.turn), and stays after a run

_ROOM = 1024 * 1024  # bytes: about a hundred commands

Identity = tuple[int, int]


class EmbeddedFile:
    """An SQLite file and its write-ahead log; without a path only the log is looked at."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.may_be_made = False  # where none has been; else a file that is not there is a failure
        self._was_made = False  # as we have seen: even if all of it goes, no other takes its place
        # Each copies the log into the file with fresh writes, so that no failed fsync of the past
        # counts. A process that died may have left us rows which the disk does not have: PASSIVE,
        # which waits for nobody, since then nobody else has the file open.
        self._owed = "PASSIVE"

    def watch(self, engine: Engine) -> None:
        """Note of each connection which file it opened."""
        if self._path:
            event.listen(engine, "do_connect", self._look_before)
            event.listen(engine, "connect", self._look_after)

    def is_unmade(self) -> bool:
        """True where the ledger may be made: there is none, and nothing is left of one."""
        if not self._path or not _found(self._path.parent):
            return False
        return not self._left() and not _is_made(_found(self._path))

    def is_made(self) -> bool:
        return not self._path or _is_made(_found(self._path))

    def is_open_in(self, connection: Connection) -> bool:
        """True while what this connection reads and writes is what stands under the path."""
        found = _found(self._path)
        self._was_made = self._was_made or _is_made(found)
        return not self._path or connection.info.get("file") == _identity(found)

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

    def _left(self) -> list[str]:
        """What says that there was a ledger. A lock beside an empty file may be a full disk's."""
        endings = _LOG if _found(self._path) else _BESIDE
        return [ending for ending in endings if _found(Path(f"{self._path}{ending}"))]

    def _look_before(self, _dialect: Any, record: Any, *_: Any) -> None:
        left = self._left()  # first: whoever begins a ledger makes its file before what is beside
        found = _found(self._path)
        if not _is_made(found) and (left or self._was_made or not (found or self.may_be_made)):
            raise _absence(self._path, left)
        record.info["file"] = _identity(found)

    def _look_after(self, _connection: Any, record: Any) -> None:
        record.info["file"] = record.info["file"] or _identity(_found(self._path))


def _found(path: Path | None) -> os.stat_result | None:
    with suppress(OSError):
        return path.stat() if path else None
    return None


def _identity(found: os.stat_result | None) -> Identity | None:
    return (found.st_dev, found.st_ino) if found else None


def _is_made(found: os.stat_result | None) -> bool:
    """An empty file is no ledger yet, or the beginning of a copy that is being brought back."""
    return bool(found and found.st_size)


def _absence(path: Path | None, left: list[str]) -> LedgerUnavailable:
    if path and not _found(path.parent):
        return LedgerUnavailable(f"there is no folder {path.parent}")
    still = f", but still its {', '.join(left)}" if left else ""
    return LedgerGone(f"{_GONE} {path}{still}.", _REMEDY)


def file_of(database: str | None) -> EmbeddedFile:
    """Of what an SQLite URL names."""
    is_path = database and database != ":memory:" and not database.startswith("file:")
    return EmbeddedFile(Path(database) if database and is_path else None)
