"""The whole path, with the real program: from a typed line to thread and page."""

import json
from pathlib import Path

import pytest

from bot.sandbox import Sandbox, Workspace
from tests.support.processes import ROOT, duckrow

COMPONENTS = {
    "www": "Home page",
    "class": "Class platform",
    "course-explorer": "Course explorer",
    "account-dashboard": "Account dashboard",
}


@pytest.fixture
def slack(tmp_path):
    with Sandbox(Workspace(rate_limits=False), public_folder=tmp_path / "public") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def story():
    """The first story's posts: who types what."""
    scenario = json.loads((ROOT / "templates/sandbox/first-story.json").read_text())
    return [(one["person"], one["text"]) for one in scenario["commands"]]


def add_components(folder: Path, env: dict[str, str]) -> None:
    for slug, name in COMPONENTS.items():
        duckrow(folder, env, "components", "add", slug, name)
