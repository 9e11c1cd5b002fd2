"""The real program around the sandbox: in one process, or apart under honcho."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.demo import STORY
from bot.sandbox import Sandbox, Workspace
from tests.support.processes import DUCKROW, ROOT, duckrow, environment, running
from tests.support.tools import unused_port

DEADLINE = 20.0  # seconds to acknowledge in: a bot alone takes two and a half to say "Not saved"


@pytest.fixture(scope="session")
def story():
    """The first story: its page and what is typed."""
    return json.loads(STORY.read_text(encoding="utf-8"))


@pytest.fixture
def slack(tmp_path):
    workspace, folder = Workspace(rate_limits=False), tmp_path / "public"
    with Sandbox(workspace, public_folder=folder, deadline=DEADLINE) as sandbox:
        yield sandbox


@pytest.fixture
def socket_env(tmp_path, slack, story):
    """One process, SQLite, Socket Mode."""
    env = environment(tmp_path, slack, **story["environment"])
    _add_components(tmp_path, env, story)
    return env


@pytest.fixture
def http_env(tmp_path, slack, story, postgres_url):
    """Several processes, PostgreSQL, HTTP."""
    port = unused_port()
    slack.use_http(f"http://127.0.0.1:{port}/slack/events")
    env = environment(
        tmp_path,
        slack,
        **story["environment"],
        DATABASE_URL=postgres_url,
        SLACK_SIGNING_SECRET=slack.signing_secret,
        SLACK_APP_TOKEN="",
        PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        HOST="127.0.0.1",
        PORT=str(port),
    )
    duckrow(tmp_path, env, "db", "upgrade")
    _add_components(tmp_path, env, story)
    return env


@contextmanager
def one_process(folder: Path, slack: Sandbox, env: dict[str, str]) -> Iterator[None]:
    """`duckrow run`, ready for what is typed."""
    with running([*DUCKROW, "run"], folder, env):
        slack.wait_for_connections(2, seconds=30)
        slack.wait_for(lambda: slack.called("users.list"), seconds=30)
        yield


@contextmanager
def under_honcho(folder: Path, slack: Sandbox, env: dict[str, str]) -> Iterator[None]:
    """The Procfile's web and worker as they stand there; its release step has been run."""
    argv = [sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"), "start", "web", "worker"]
    log = folder / "honcho.log"
    with log.open("w") as output:
        honcho = subprocess.Popen(
            argv, cwd=folder, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        slack.wait_for(lambda: _alive(env), seconds=60)
        slack.wait_for(lambda: slack.called("users.list"), seconds=60)
        yield
    except BaseException:
        print(log.read_text())  # noqa: T201 -- pytest shows it with the failure
        raise
    finally:
        honcho.send_signal(signal.SIGTERM)
        try:
            honcho.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(honcho.pid, signal.SIGKILL)
            honcho.wait()


def _alive(env: dict[str, str]) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}/healthz") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _add_components(folder: Path, env: dict[str, str], story) -> None:
    for slug, name in story["components"].items():
        duckrow(folder, env, "components", "add", slug, name)
