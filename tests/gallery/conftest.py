"""Every state published once, for all the processes that test it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gallery.building import build
from tests.gallery.states import STATES, UNPICTURED, State
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
