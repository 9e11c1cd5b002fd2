"""Every state published once, for all the processes that test it."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.gallery.building import build
from tests.gallery.states import STATES, UNPICTURED, State
from tests.support.dom import places
from tests.support.published import Published

BY_NAME = {state.name: state for state in (*STATES, *UNPICTURED)}


@pytest.fixture(scope="session")
def gallery_folder(tmp_path_factory) -> Path:
    """One folder, whichever of pytest's worker processes asks."""
    base: Path = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "gallery"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def published(gallery_folder) -> Callable[[str], Published]:
    """Publishes a state by its name, or finds it published."""
    return lambda name: _once(BY_NAME[name], gallery_folder)


@pytest.fixture(scope="session")
def firsts(published: Callable[[str], Published], gallery_folder: Path) -> Mapping[str, list[str]]:
    """State -> its pages with an element somewhere that no page of an earlier state has there."""
    kept = gallery_folder / "firsts.json"
    with (gallery_folder / "firsts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            seen: set[tuple[str, ...]] = set()
            found = {one.name: list(of_each_kind(published(one.name), seen)) for one in STATES}
            kept.write_text(json.dumps(found))
    read: dict[str, list[str]] = json.loads(kept.read_text())
    return read


def of_each_kind(site: Published, seen: set[tuple[str, ...]]) -> Iterator[str]:
    """Pages which have an element somewhere that is not yet `seen` there."""
    for path, page in site.pages():
        new = set(places(page)) - seen
        seen |= new
        if new:
            yield path


def _once(state: State, gallery: Path) -> Published:
    folder, done = gallery / state.name, gallery / f"{state.name}.done"
    with (gallery / f"{state.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            build(state, folder)
            done.touch()
    return Published(folder / "public")


@pytest.fixture(params=BY_NAME)
def state(request) -> State:
    """Each state in turn."""
    return BY_NAME[request.param]


@pytest.fixture
def site(state, published: Callable[[str], Published]) -> Published:
    """The state as it is published."""
    return published(state.name)
