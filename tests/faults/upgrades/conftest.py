"""One server of forks for all of these tests."""

import pytest

from tests.faults.forkserver import ForkServer


@pytest.fixture(scope="module")
def forks():
    with ForkServer() as server:
        yield server
