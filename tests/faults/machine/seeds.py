"""Bugs planted into a child, which power losses must find."""

import os
import sqlite3
from typing import Any

from bot.publish.targets import folder
from storage import engines


class _Careless:
    """The os module, whose fsync does nothing."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fsync(self, descriptor: int) -> None:
        """Leave it to luck."""


def rename_without_fsync() -> None:
    """The page's files are renamed into place before they are durable."""
    vars(folder)["os"] = _Careless()


def commit_without_fsync() -> None:
    """PRAGMA synchronous=NORMAL, which is often advised for WAL."""
    carefully = engines._set_pragmas

    def carelessly(connection: sqlite3.Connection, record: object) -> None:
        carefully(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL")

    vars(engines)["_set_pragmas"] = carelessly
