"""The whole storage suite runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.support.telling import new_database


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    opened = new_database(database_url)
    yield opened
    opened.close()
