"""The whole storage suite runs on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator

import pytest

from storage.database import Database
from tests.support.stories import STORY, tell_story
from tests.support.telling import new_database


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    opened = new_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def told(database: Database) -> Database:
    """A ledger with everything in it."""
    tell_story(database, STORY)
    return database


@pytest.fixture
def empty(request, sqlite_url) -> Iterator[Callable[[str], Database]]:
    """Makes empty ledgers of either kind: `empty("sqlite")`."""
    opened: list[Database] = []

    def make(kind: str) -> Database:
        file = f"{sqlite_url}.{len(opened)}"
        url = file if kind == "sqlite" else request.getfixturevalue("other_postgres_url")
        opened.append(Database(url))
        opened[-1].migrate()
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def other_postgres_url(postgres_server) -> Iterator[str]:
    """A PostgreSQL database beside the test's own."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)
