"""A ledger and somebody who types."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from bot import commands
from bot.commands import Answer, Call
from bot.core.incident import Author
from storage.database import Database
from tests.support.telling import ANA, NOON, new_database


class Typist:
    """Types lines, one every ten minutes, each under a key of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOON
        self._keys = count(1)

    def call(self, line: str, *, key: str = "", author: Author = ANA, **more) -> Call:
        self.now += timedelta(minutes=10)
        return Call(
            key=key or f"T1:A1:{next(self._keys)}",
            line=line,
            author=author,
            channel="C0INCIDENTS",
            at=more.pop("at", self.now),
            **more,
        )

    def say(self, line: str, **more) -> Answer:
        return commands.run(self.call(line, **more), self.database)

    def press(self, button: commands.Button, *, author: Author = ANA) -> Answer:
        value = button.read()
        call = self.call("", key=value["key"], author=author, number=value.get("number"))
        return commands.choose(call, self.database)

    def incident(self, number: int = 1):
        with self.database.read() as ledger:
            return ledger.incident(number)

    @property
    def revision(self) -> int:
        with self.database.read() as ledger:
            return ledger.page.revision


@pytest.fixture
def typist(database_url) -> Iterator[Typist]:
    database = new_database(database_url)
    yield Typist(database)
    database.close()


@pytest.fixture
def desk(sqlite_url) -> Iterator[Typist]:
    """The same on SQLite alone, where the kind of database does not matter."""
    database = new_database(sqlite_url)
    yield Typist(database)
    database.close()
