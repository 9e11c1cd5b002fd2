"""A ledger, a folder, and the publisher between them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.publish import Publisher, open_target
from storage.database import Database
from tests.support.published import Published
from tests.support.telling import NOON, new_database


class Desk:
    """Tells the time to everything that is told or published, a minute later each time."""

    def __init__(self, database: Database, root: Path) -> None:
        self.database = database
        self.root = root
        self.publisher = self.new_publisher()
        self.site = Published(root)
        self._now = NOON

    def new_publisher(self, program: str = "program 1") -> Publisher:
        return Publisher(self.database, open_target(str(self.root)), program)

    @property
    def target(self) -> str:
        return self.root.as_uri()

    def now(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now

    def sync(self) -> bool:
        return self.publisher.sync(self.now())

    def publication(self):
        with self.database.read() as ledger:
            return ledger.publications.get(self.target)

    def documents(self):
        with self.database.read() as ledger:
            return ledger.publications.documents(self.target)


@pytest.fixture
def database(sqlite_url) -> Iterator[Database]:
    """On SQLite: where the ledger's kind matters a test asks for `either_database`."""
    opened = new_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def desk(database, tmp_path) -> Desk:
    return Desk(database, tmp_path / "public")


@pytest.fixture
def either_desk(database_url, tmp_path) -> Iterator[Desk]:
    """Once on SQLite, once on PostgreSQL."""
    opened = new_database(database_url)
    yield Desk(opened, tmp_path / "public")
    opened.close()
