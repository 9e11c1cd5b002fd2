"""The real program in a process of its own, reached over real HTTP."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
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
    port: int

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

    def log(self) -> str:
        return (self.folder / "process.log").read_text()


@pytest.fixture(scope="module", params=["run", "web"])
def reached(request, tmp_path_factory) -> Iterator[Installation]:
    """Over HTTP: `duckrow run`, which waitress serves, and `duckrow web`, which granian does."""
    folder, port = tmp_path_factory.mktemp("reached"), unused_port()
    with Sandbox(Workspace(rate_limits=False)) as slack:
        slack.use_http(f"http://127.0.0.1:{port}/slack/events")
        env = environment(
            folder,
            slack,
            SLACK_APP_TOKEN="",
            SLACK_SIGNING_SECRET=slack.signing_secret,
            PORT=str(port),
        )
        duckrow(folder, env, "components", "add", "www", "Web")
        with running([*DUCKROW, request.param], folder, env):
            slack.wait_for(lambda: _answers(port) and slack.called("users.list"), seconds=60)
            yield Installation(slack, folder, port)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status)
    except OSError:
        return False
