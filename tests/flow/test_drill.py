"""The restore drill of docs/backups.md: its commands, as they are written."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import Database
from tests.support.postgres import find_postgres, hand_over
from tests.support.processes import ROOT, duckrow
from tests.support.tools import need, unused_port

DOCS = (ROOT / "docs/backups.md").read_text(encoding="utf-8")
DRILL = DOCS.partition("## The drill")[2]


def fences(heading):
    text = DRILL.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    return re.findall(r"^```sh\n(.*?)```", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder():
    """A folder that the server's user may have."""
    folder = Path(tempfile.mkdtemp(prefix="duckrow-drill-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def env(folder):
    """What an installation's own shell has; no token."""
    own = Path(sys.executable).parent
    servers = need("PostgreSQL", find_postgres(), "install it: apt-get install postgresql")
    every = (servers / "postgres").resolve().parent  # the PATH may have links to some of them
    return {
        "PATH": os.pathsep.join([str(own), str(every), os.environ["PATH"]]),
        "PUBLISH_URL": "./public",
        "PAGE_NAME": "Coursera",
    }


def run(command, folder, env, **user):
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        **user,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def tell(folder, env):
    """A ledger of which Slack has seen everything, and a page."""
    duckrow(folder, env, "components", "add", "www", "Home page")
    duckrow(folder, env, "incident", "open", "www=down Site Outage | We see errors.")
    with closing(Database(env["DATABASE_URL"])) as database, database.write() as ledger:
        ledger.deliveries.told(1, ledger.page.revision)


def test_the_drill_works_on_sqlite(folder, env):
    shell = shutil.which("sqlite3")
    need("sqlite3", Path(shell) if shell else None, "install it: apt-get install sqlite3")
    env |= {"DATABASE_URL": "sqlite:///duckrow.db"}
    tell(folder, env | {"DATABASE_URL": f"sqlite:///{folder / 'duckrow.db'}"})
    before = sorted(folder.iterdir())
    marker = (folder / "public/.duckrow/revision.json").read_bytes()
    take, restore, publish, copied, clear = fences("SQLite")
    run(take, folder, env)
    assert "Site Outage" in run(restore, folder, env)
    run(publish, folder, env)
    assert "We see errors." in (folder / "drill/index.html").read_text()
    assert '{"end":' in run(copied, folder, env)
    run(clear, folder, env)
    assert sorted(folder.iterdir()) == before
    assert (folder / "public/.duckrow/revision.json").read_bytes() == marker


def test_the_drill_works_on_postgresql(folder, env, postgres_server, postgres_url):
    name = postgres_url.rpartition("/")[2]
    env |= {"DATABASE_URL": f"postgresql://postgres@127.0.0.1:{postgres_server.port}/{name}"}
    duckrow(folder, env, "db", "upgrade")
    tell(folder, env | {"DATABASE_URL": postgres_url})
    port = str(unused_port())  # in the place of the one that is written there
    start, look, move, stop, clear = (one.replace("5433", port) for one in fences("PostgreSQL"))
    server = hand_over(folder)
    run(start, folder, env, **server)
    try:
        assert "Site Outage" in run(look, folder, env)
        assert "We see errors." in (folder / "drilled/index.html").read_text()
        run(move, folder, env)
    finally:
        run(stop, folder, env, **server)
    run(clear, folder, env)
