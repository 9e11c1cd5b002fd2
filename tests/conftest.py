"""Fixtures for everybody. Whatever a test starts is on loopback, its own, and gone when it ends."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.installed import Installed, build_wheel, install
from tests.support.patience import set_patience
from tests.support.postgres import Postgres, find_postgres, running_postgres
from tests.support.s3 import Store, new_bucket, running_s3
from tests.support.tools import CHROMIUM_FLAGS, find_chromium, need, unused_port

# At the desk, new examples on every run; in CI the same ones, more of them, so that what lands does
# not depend on luck.
hypothesis.settings.register_profile("desk", deadline=None, max_examples=50)
hypothesis.settings.register_profile(
    "landing", deadline=None, max_examples=200, derandomize=True, print_blob=True
)
hypothesis.settings.load_profile("landing" if os.environ.get("CI") else "desk")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: tests wait a good part of their time."""
    cores = os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture opens a ledger."""
    set_patience(is_patient=item.get_closest_marker("hurried") is None)


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One cluster per test process; `create(prepare)` makes databases in it."""
    programs = need("PostgreSQL", find_postgres(), "install it: apt-get install postgresql")
    with running_postgres(programs) as postgres:
        yield postgres


@pytest.fixture
def postgres_url(postgres_server) -> Iterator[str]:
    """An empty PostgreSQL database."""
    database = postgres_server.create()
    yield postgres_server.url(database)
    postgres_server.drop(database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request) -> str:
    """An empty database; the test runs once on each kind."""
    return str(request.getfixturevalue({"sqlite": "sqlite_url"}.get(request.param, "postgres_url")))


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """One S3 per test process, on loopback; `bucket` makes buckets in it."""
    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3_endpoint) -> Store:
    """An empty bucket."""
    return new_bucket(s3_endpoint)


@pytest.fixture
def free_port() -> int:
    """A loopback port to listen on."""
    return unused_port()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of the system's Chromium."""
    return need("Chromium", find_chromium(), "install it: apt-get install chromium")


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator[Browser]:
    """One headless browser per test process; it reaches loopback addresses only."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def tab(browser) -> Iterator[Page]:
    """A tab without cookies, storage or history."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Installed:
    """The wheel in an environment of its own, far from the checkout."""
    return install(wheel, tmp_path_factory.mktemp("installed") / "venv")
