"""The real program in a process of its own, reached over real HTTP."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.sandbox import Sandbox, Workspace
from bot.sandbox.inbound.payloads import Payloads
from bot.sandbox.model.errors import Json
from tests.support.processes import DUCKROW, duckrow, environment, running
from tests.support.tools import unused_port

COUNTED = ("request", "incident", "incident_update", "component_impact", "delivery")
_COMMANDS = "SELECT count(*) FROM change WHERE what NOT IN ('settings', 'components')"


@dataclass(frozen=True)
class Installation:
    """A bot that Slack reaches at `port`, and what it wrote into its ledger."""

    slack: Sandbox
    folder: Path
    port: int = 0

    def rows(self) -> dict[str, int]:
        """How many rows there are that a command could have made."""
        uri = f"file:{self.folder / 'ledger.db'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as ledger:
            counts = {name: ledger.execute(f"SELECT count(*) FROM {name}") for name in COUNTED}
            counts["change"] = ledger.execute(_COMMANDS)
            return {name: int(count.fetchone()[0]) for name, count in counts.items()}

    def command(self, text: str, trigger: str, person: str = "ana") -> Json:
        """What Slack would send of a typed command."""
        workspace = self.slack.workspace
        return Payloads(workspace).command(
            workspace.person(person),
            workspace.channel("#incidents"),
            ("/incident", text),
            trigger,
            f"{self.slack.url}/nowhere",
        )

    @contextmanager
    def no_new_rows(self) -> Iterator[None]:
        """Nothing sent meanwhile leaves a row; good commands before and after leave theirs."""
        self._saves("Before")
        before = self.rows()
        yield
        assert self.rows() | {"delivery": 0} == before | {"delivery": 0}
        self._saves("After")
        assert self.rows()["incident"] == before["incident"] + 1

    def _saves(self, word: str) -> None:
        line = f"/incident open {word} {time.monotonic_ns()} | It is said."
        reply = self.slack.say("ana", "#incidents", line)
        assert reply is not None
        assert reply.text.startswith("Saved as"), reply.text

    def log(self) -> str:
        return (self.folder / "process.log").read_text()


@pytest.fixture(scope="module", params=["run", "web"])
def reached(request, tmp_path_factory) -> Iterator[Installation]:
    """Over HTTP: `duckrow run`, which waitress serves, and `duckrow web`, which granian does."""
    folder, port = tmp_path_factory.mktemp("reached"), unused_port()
    with Sandbox(Workspace(rate_limits=False)) as slack:
        slack.use_http(f"http://127.0.0.1:{port}/slack/events")
        http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": slack.signing_secret}
        with _running(request.param, slack, folder, http | {"PORT": str(port)}):
            slack.wait_for(lambda: answers(port), seconds=60)
            yield Installation(slack, folder, port)


@pytest.fixture(scope="module")
def connected(tmp_path_factory) -> Iterator[Installation]:
    """In Socket Mode."""
    folder = tmp_path_factory.mktemp("connected")
    with (
        Sandbox(Workspace(rate_limits=False)) as slack,
        _running("run", slack, folder, {"PORT": str(unused_port())}),
    ):
        slack.wait_for_connections(2, seconds=60)
        yield Installation(slack, folder)


@contextmanager
def _running(how: str, slack: Sandbox, folder: Path, more: dict[str, str]) -> Iterator[None]:
    env = environment(folder, slack, **more)
    duckrow(folder, env, "components", "add", "www", "Web")
    with running([*DUCKROW, how], folder, env):
        slack.wait_for(lambda: slack.called("users.list"), seconds=60)
        yield


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status)
    except OSError:
        return False
