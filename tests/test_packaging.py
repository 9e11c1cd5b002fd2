"""What is shipped is whole: the locks, and the wheel outside of its checkout."""

import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN = [
    *PYPROJECT["project"]["dependencies"],
    *PYPROJECT["project"]["optional-dependencies"]["production"],
    *PYPROJECT["build-system"]["requires"],
]
LOCKS = {
    "requirements.lock": RUN,
    "requirements-dev.lock": [*RUN, *PYPROJECT["dependency-groups"]["dev"]],
}


def locked(name):
    """Each package's version in a lock."""
    pins = re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / ".ci" / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_everything_that_the_project_asks_for_in_its_ranges(name):
    pins = locked(name)
    for wanted in map(Requirement, LOCKS[name]):
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), (
            f"{wanted}: make lock"
        )


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_nothing_but_hashed_files(name):
    text = (ROOT / ".ci" / name).read_text()
    blocks = [block for block in re.split(r"\n(?=\S)", text) if block.strip()]
    hashes = r"(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+"
    pin = rf"[\w.-]+==\S+(?: ; .+?)? \\{hashes}(?:\n    # via .+)*\n?"
    assert [block for block in blocks if not re.fullmatch(pin, block)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_path(name):
    text = (ROOT / ".ci" / name).read_text()
    assert re.findall(r"\S*(?:://|@|/)\S*|\b\w+\.(?:org|com|io|net|local)\b", text) == []


def test_production_and_the_tests_run_on_the_same_versions():
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


def test_the_wheel_carries_all_that_runs_and_nothing_else(wheel):
    shipped = set(zipfile.ZipFile(wheel).namelist())
    packages = ("bot", "storage", "templates")
    ours = {
        str(path.relative_to(ROOT))
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in shipped if ".dist-info/" not in name} == ours


def test_the_installed_wheel_runs_outside_of_the_checkout(installed, tmp_path):
    said = installed.python(
        "-c", "import bot, storage.migrations; print(bot.__file__)", cwd=tmp_path
    )
    assert Path(said.strip()).is_relative_to(installed.folder)
