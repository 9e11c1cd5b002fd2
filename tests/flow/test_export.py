"""`duckrow export` and `duckrow import` by hand, and with nothing going well."""

import os
import subprocess

import pytest

from bot.sandbox import Sandbox, Workspace
from tests.support.machine import fill, tmpfs
from tests.support.processes import DUCKROW, duckrow, environment


@pytest.fixture
def env(tmp_path):
    """An installation that has told something."""
    with Sandbox(Workspace(rate_limits=False)) as slack:
        env = environment(tmp_path, slack)
        duckrow(tmp_path, env, "incident", "open", "Site Outage | We see errors.")
        yield env


@pytest.fixture
def attempt(tmp_path, env):
    """Run a command that will not do: what it says."""

    def run(*words, into=subprocess.PIPE, **more):
        done = subprocess.run(
            [*DUCKROW, *words],
            cwd=tmp_path,
            env=env | more,
            stdout=into,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr

    return run


def test_an_export_is_its_owners_and_replaces_the_former_one(tmp_path, env):
    file = tmp_path / "backup.jsonl"
    file.write_text("the former one")
    file.chmod(0o644)
    duckrow(tmp_path, env, "export", file.name)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == duckrow(tmp_path, env, "export")
    assert not list(tmp_path.glob(".backup*"))


def test_a_ledger_that_is_not_there_is_not_made(tmp_path, attempt):
    said = attempt("export", DATABASE_URL=f"sqlite:///{tmp_path / 'mistyped.db'}")
    assert said == f"There is no ledger at {tmp_path / 'mistyped.db'}.\nCheck DATABASE_URL.\n"
    assert not (tmp_path / "mistyped.db").exists()


def test_a_device_is_never_replaced_by_an_export(tmp_path, attempt):
    os.mkfifo(tmp_path / "pipe")
    assert "is no ordinary file" in attempt("export", "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_a_full_disk_leaves_no_export_and_the_former_one(tmp_path, env, attempt):
    with tmpfs(tmp_path / "small", "64k") as small:
        file = small / "backup.jsonl"
        file.write_text("the former one")
        ballast = fill(small)
        said = attempt("export", str(file))
        assert said.startswith(f"The export was not written to {file}: No space left")
        assert sorted(small.iterdir()) == sorted([ballast, file])
        assert file.read_text() == "the former one"


def test_a_full_pipe_is_told_of(attempt):
    with open("/dev/full", "w") as full:  # noqa: PTH123 -- a device
        assert "No space left on device" in attempt("export", "-", into=full)


def test_a_disk_that_is_full_in_the_middle_of_an_import_leaves_nothing(tmp_path, env, attempt):
    with tmpfs(tmp_path / "small", "1m") as small:
        there = {"DATABASE_URL": f"sqlite:///{small / 'ledger.db'}"}
        duckrow(tmp_path, env, "export", "backup.jsonl")
        duckrow(tmp_path, env | there, "db", "upgrade")
        ballast = fill(small)
        assert "The database does not answer" in attempt("import", "backup.jsonl", **there)
        ballast.unlink()
        assert "is empty" in attempt("export", **there)
        duckrow(tmp_path, env | there, "import", "backup.jsonl")


def test_an_import_that_cannot_be_says_what_to_do(tmp_path, env, attempt):
    duckrow(tmp_path, env, "export", "backup.jsonl")
    assert "This ledger is not empty" in attempt("import", "backup.jsonl")
    (tmp_path / "other.txt").write_text("Dear diary,\n")
    there = {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
    assert "This is no export of a ledger." in attempt("import", "other.txt", **there)
