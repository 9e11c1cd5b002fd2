"""Two versions at once: the next one's tables and processes come while this one's are at work."""

import json
import subprocess
import threading
import time
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.sandbox import Sandbox, Workspace
from storage.database import Database
from tests.faults.journal import TIMED_OUT, Outcome, outcome_of
from tests.support.next_version import make_next_version
from tests.support.processes import DUCKROW, duckrow, environment, running
from tests.support.tools import unused_port

FEW = 6  # more than the driver needs to prepare its statements on the server
CALM, BUSY = 1.0, 0.15  # seconds between two commands; Slack takes one message a second
TRIES = 8


@dataclass
class Version:
    """One version of the program: its environment, and the address it listens on."""

    folder: Path
    env: dict[str, str]

    def __post_init__(self):
        self.folder.mkdir()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.env['PORT']}"

    @contextmanager
    def running(self, what):
        folder = self.folder / what
        folder.mkdir()
        with running([*DUCKROW, what], folder, self.env):
            yield

    def upgrade(self):
        duckrow(self.folder, self.env, "db", "upgrade")

    def refusal(self, *words):
        """What it says when it will not start."""
        done = subprocess.run(
            [*DUCKROW, *words],
            cwd=self.folder,
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


@dataclass(frozen=True)
class Heard:
    """What Slack showed to somebody who typed a text, and after how many seconds."""

    text: str
    shown: str
    seconds: float

    @property
    def is_saved(self):
        return outcome_of(self.shown) is Outcome.ACKED

    @property
    def is_unknown(self):
        return TIMED_OUT in self.shown


class Talker:
    """Somebody who goes on telling, whatever is going on, and writes down what they heard."""

    def __init__(self, slack: Sandbox, marker: Path):
        self.slack, self.marker = slack, marker
        self.acked: list[str] = []
        self.refused: list[Heard] = []
        self.shown: list[int] = []  # the page's revisions
        self._pause = CALM
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join(30)

    def _tell(self):
        while not self._done.wait(self._pause):
            heard = self._insist(f"Words {len(self.shown)}.")
            if heard.is_saved:
                self.acked.append(heard.text)
            else:
                self.refused.append(heard)
            self.shown.append(json.loads(self.marker.read_text())["revision"])

    def _insist(self, text):
        """Typed again where Slack gave up, as people do: the ledger may have it, but once."""
        for _ in range(TRIES):
            heard = self._type(text)
            if not heard.is_unknown:
                break
        return heard

    def _type(self, text):
        began = time.monotonic()
        reply = self.slack.say("ana", "#incidents", f"/incident update #1 {text}")
        return Heard(text, reply.text if reply else "", time.monotonic() - began)

    @contextmanager
    def hurrying(self):
        """Meanwhile they tell more, and are answered a few times at least."""
        before, self._pause = len(self.acked), BUSY
        yield
        self.slack.wait_for(lambda: len(self.acked) >= before + FEW, seconds=60)
        self._pause = CALM


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
    this, following = Version(tmp_path / "this", here), Version(tmp_path / "next", there)
    this.upgrade()
    return this, following


def test_the_next_version_takes_over_while_people_go_on_telling(tmp_path, slack, versions):
    this, _ = versions
    with ExitStack() as old, ExitStack() as new:
        _start(this, old, slack)
        slack.use_http(f"{this.url}/slack/events")
        slack.wait_for(lambda: slack.called("users.list"), seconds=30)
        opened = slack.say("ana", "#incidents", "/incident open Outage | First.")
        assert opened.text.startswith("Saved as #1")
        marker = tmp_path / "public/.duckrow/revision.json"
        slack.wait_for(marker.exists, seconds=30)
        with Talker(slack, marker) as talker:
            _roll(versions, talker, old, new)
        _require_everything_once(slack, this.env, talker)


def _roll(versions, talker, old, new):
    (this, following), slack = versions, talker.slack
    assert "duckrow db upgrade" in following.refusal("worker")
    with talker.hurrying():  # to the old ones, before and after
        following.upgrade()
    assert "newer Duckrow" in this.refusal("worker")
    _start(following, new, slack)
    with talker.hurrying():  # to the old one, while both are there
        slack.use_http(f"{following.url}/slack/events")
    with talker.hurrying():  # to the new one, published by the old one until it ends
        old.close()
    slack.wait_for(lambda: _is_next(talker.marker), seconds=30)


def _start(version, stack, slack):
    for what in ("web", "worker"):
        stack.enter_context(version.running(what))
    slack.wait_for(version.answers, seconds=60)


def _is_next(marker):
    return "next version" in (marker.parents[1] / "robots.txt").read_text()


def _require_everything_once(slack, env, talker):
    assert talker.refused == []
    assert talker.shown == sorted(talker.shown)
    with closing(Database(env["DATABASE_URL"])) as database, database.read() as ledger:
        incident = ledger.incident(1)
        assert incident
        told = [update.text for update in incident.updates]
    assert told == ["First.", *talker.acked]
    (root,) = slack.messages("#incidents")
    slack.wait_for(lambda: len(slack.thread("#incidents", root)) >= len(told), seconds=90)
    thread = [message.text for message in slack.thread("#incidents", root)]
    assert len(thread) == len(told)
    assert [text for text, message in zip(told, thread, strict=True) if text not in message] == []
    home = talker.marker.parents[1] / "index.html"
    slack.wait_for(lambda: talker.acked[-1] in home.read_text(), seconds=30)
    assert _is_next(talker.marker)
