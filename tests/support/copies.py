"""Copies of an SQLite ledger, as backups make them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.database import Database


def copy_of(database: Database, path: Path) -> Database:
    """Another ledger that says what this one says now; the caller closes it."""
    with (
        closing(sqlite3.connect(str(database.url.database))) as live,
        closing(sqlite3.connect(path)) as copy,
    ):
        live.backup(copy)
    return Database(f"sqlite:///{path}")
