"""What the scenarios run on: PostgreSQL, the tests' own, started when the first asks for it."""

import pytest

from tests.faults.place import Servers


@pytest.fixture
def fault_servers(request) -> Servers:
    """Where places are made."""
    return Servers(lambda: request.getfixturevalue("postgres_server"))
