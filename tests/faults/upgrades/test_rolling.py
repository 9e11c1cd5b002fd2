"""Two versions at once: the next one's tables and processes come while this one's are at work."""

import json
import subprocess
import threading
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.sandbox import Sandbox, Workspace
from storage.database import Database
from tests.support.next_version import make_next_version
from tests.support.processes import DUCKROW, duckrow, environment, running
from tests.support.tools import unused_port

FEW = 6  # more than the driver needs to prepare its statements on the server
CALM, BUSY = 1.0, 0.15  # seconds between two commands; Slack takes one message a second


@dataclass
class Version:
    """One version of the program: its environment, and the address it listens on."""

    folder: Path
    env: dict[str, str]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.env['PORT']}"

    @contextmanager
    def running(self, what):
        folder = self.folder / what
        folder.mkdir(parents=True, exist_ok=True)
        with running([*DUCKROW, what], folder, self.env):
            yield

    def refusal(self, *words):
        """What it says when it will not start."""
        done = subprocess.run(
            [*DUCKROW, *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        return done.stderr

    def answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


@dataclass
class Talker(threading.Thread):
    """Somebody who goes on telling, whatever is going on, and writes down what they heard."""

    slack: Sandbox
    marker: Path
    acked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    pause: float = CALM
    _done: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self):
        super().__init__(daemon=True)

    def run(self):
        number = 0
        while not self._done.is_set():
            number += 1
            text = f"Words {number}."
            reply = self.slack.say("ana", "#incidents", f"/incident update #1 {text}").text
            (self.acked if reply.startswith("Saved as") else self.refused).append(text)
            self.shown.append(json.loads(self.marker.read_text())["revision"])
            self._done.wait(self.pause)

    @contextmanager
    def hurrying(self):
        """Meanwhile they tell more, and are answered a few times at least."""
        before, self.pause = len(self.acked), BUSY
        yield
        self.slack.wait_for(lambda: len(self.acked) >= before + FEW, seconds=60)
        self.pause = CALM

    def stop(self):
        self._done.set()
        self.join(30)


@pytest.fixture
def slack(tmp_path):
    with Sandbox(Workspace(rate_limits=False), public_folder=tmp_path / "public") as sandbox:
        yield sandbox


@pytest.fixture
def versions(tmp_path, slack, postgres_url):
    """This version, its tables made, and the next one."""
    here = environment(
        tmp_path,
        slack,
        DATABASE_URL=postgres_url,
        SLACK_SIGNING_SECRET=slack.signing_secret,
        SLACK_APP_TOKEN="",
        PORT=str(unused_port()),
    )
    copy = make_next_version(tmp_path / "program")
    there = here | {"PYTHONPATH": str(copy), "PORT": str(unused_port())}
    duckrow(tmp_path, here, "db", "upgrade")
    duckrow(tmp_path, here, "components", "add", "www", "Home page")
    return Version(tmp_path / "this", here), Version(tmp_path / "next", there)


def test_the_next_version_takes_over_while_people_go_on_telling(tmp_path, slack, versions):
    this, following = versions
    with ExitStack() as old, ExitStack() as new:
        _start(this, old, slack)
        slack.use_http(f"{this.url}/slack/events")
        slack.wait_for(lambda: slack.called("users.list"), seconds=30)
        opened = slack.say("ana", "#incidents", "/incident open Outage | First.")
        assert opened.text.startswith("Saved as #1")
        marker = tmp_path / "public/.duckrow/revision.json"
        slack.wait_for(marker.exists, seconds=30)
        talker = Talker(slack, marker)
        talker.start()
        assert "duckrow db upgrade" in following.refusal("worker")
        with talker.hurrying():  # to the old ones, before and after
            duckrow(tmp_path, following.env, "db", "upgrade")
        assert "newer Duckrow" in this.refusal("worker")
        _start(following, new, slack)
        slack.wait_for(lambda: _is_next(tmp_path), seconds=30)
        with talker.hurrying():  # to the old one, published by the new one
            pass
        with talker.hurrying():
            slack.use_http(f"{following.url}/slack/events")
        with talker.hurrying():
            old.close()
        talker.stop()
        _require_everything_once(tmp_path, slack, this.env, talker)


def _start(version, stack, slack):
    for what in ("web", "worker"):
        stack.enter_context(version.running(what))
    slack.wait_for(version.answers, seconds=60)


def _is_next(folder):
    return "next version" in (folder / "public/robots.txt").read_text()


def _require_everything_once(folder, slack, env, talker):
    assert talker.refused == []
    assert talker.shown == sorted(talker.shown)
    with closing(Database(env["DATABASE_URL"])) as database, database.read() as ledger:
        told = [update.text for update in ledger.incident(1).updates]
    assert told == ["First.", *talker.acked]
    (root,) = slack.messages("#incidents")
    slack.wait_for(lambda: len(slack.thread("#incidents", root)) >= len(told), seconds=90)
    thread = [message.text for message in slack.thread("#incidents", root)]
    assert len(thread) == len(told)
    assert [text for text, message in zip(told, thread, strict=True) if text not in message] == []
    newest = folder / "public/index.html"
    slack.wait_for(lambda: talker.acked[-1] in newest.read_text(), seconds=30)
    assert _is_next(folder)
