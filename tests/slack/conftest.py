"""A bot against the local Slack: the real Bolt, real HTTP, and steps that run when a test says."""

import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from bot.health import Ready
from bot.sandbox import Sandbox, Workspace
from bot.slack import steps
from bot.slack.announcer import Announcer, PageTrouble
from bot.slack.announcer.began import Began
from bot.slack.client import Client, ReplyClient
from bot.slack.receiver import Receiver
from bot.slack.reception import Reception
from bot.slack.replies import Replies
from bot.slack.socket import SocketMode
from bot.web import create_app, serve
from storage.database import Database
from tests.support.telling import new_database

INCIDENTS = "C00000INC"
TARGET = "file:///srv/page"


DEADLINE = 60.0  # seconds to acknowledge in, Slack's three being no matter: machines stand still


class Clock:
    """From the test's beginning on; moved on at will, and by a little each time it is looked at."""

    def __init__(self):
        self.began = datetime.now(UTC)
        self.ahead = timedelta()

    def __call__(self):
        self.pass_by(milliseconds=2)  # more than one change of the ledger is after another
        return self.began + self.ahead

    def pass_by(self, **length):
        self.ahead += timedelta(**length)


class Bot:
    """One process of ours, reached over HTTP or in Socket Mode; nothing runs by itself but that."""

    def __init__(
        self,
        slack,
        database,
        clock,
        *,
        channels=(INCIDENTS,),
        publishers=(),
        targets=(TARGET,),
    ):
        self.database, self.now = database, clock
        self.woken = threading.Event()
        self.reception = Reception(
            database,
            token=slack.bot_token,
            api_url=slack.api_url,
            channels=channels,
            publishers=publishers,
            now=clock,
            wake=self.woken.set,
        )
        self.slack = slack
        self._client = Client(slack.bot_token, slack.api_url)
        self._http = ReplyClient(slack.api_url)
        self.announcer = Announcer(database, self._client, channels, pace=timedelta())
        holds = self.announcer.holds
        self.trouble = PageTrouble(database, self._client, holds, channels, targets)
        self.replies = Replies(database, self._http, targets)
        self._closing = [self.reception.close, self._client.close, self._http.close]

    def learn(self):
        """Who we are and who is there."""
        return self.run(*self.reception.steps)

    def listen(self):
        """Over HTTP."""
        receiver = Receiver(self.reception.app, self.slack.signing_secret, self.now)
        server = serve(create_app(receiver, lambda: Ready({})), "127.0.0.1", 0)
        self._closing.insert(0, server.close)
        self.slack.use_http(f"http://127.0.0.1:{server.port}/slack/events")

    def connect(self):
        """In Socket Mode."""
        socket = SocketMode(self.reception.app, self.slack.app_token, self.slack.api_url)
        self._closing.insert(0, socket.close)
        socket.start()
        return socket

    def run(self, *steps):
        """Run steps until they have nothing to do; how often they did something."""
        rounds = 0
        while sum(step(self.now()) for step in steps):  # each of them, as the loop does
            rounds += 1
            assert rounds < 200, "a step never ends"
        return rounds

    def announce(self):
        return self.run(self.announcer.sync)

    def announce_through_trouble(self, rounds=60):
        """As the loop would over so many half minutes; pauses and Retry-Afters pass in no time."""
        for _ in range(rounds):
            self.announce()
            with self.database.read() as ledger:
                if not ledger.deliveries.untold():
                    return
            self.now.pass_by(seconds=30)
        raise AssertionError("Slack was never wholly told")

    def close(self):
        for close in self._closing:
            close()
        self._closing = []


@pytest.fixture
def clock(monkeypatch):
    """By it no step and no call takes any time, however long a machine stands still meanwhile."""
    monkeypatch.setattr(steps, "time", SimpleNamespace(monotonic=float))
    monkeypatch.setattr(Began, "now", lambda began: began.at)
    return Clock()


ON_BOTH = pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"], indirect=True)


@pytest.fixture
def database(request):
    """On SQLite, and where a test says ON_BOTH on PostgreSQL too."""
    opened = new_database(request.getfixturevalue(getattr(request, "param", "sqlite_url")))
    yield opened
    opened.close()


@pytest.fixture
def slack(clock):
    workspace = Workspace(rate_limits=False, clock=lambda: clock().timestamp())
    with Sandbox(workspace, deadline=DEADLINE) as running:
        yield running


@pytest.fixture
def make_bot(slack, database, clock):
    """Makes bots; closes them."""
    made = []

    def make(**options):
        made.append(Bot(slack, options.pop("database", database), clock, **options))
        return made[-1]

    yield make
    for bot in made:
        bot.close()


@pytest.fixture
def bot(make_bot):
    """One that knows who is who, has found nothing to tell, and is reached over HTTP."""
    made = make_bot()
    made.learn()
    made.announce()
    made.listen()
    return made


@pytest.fixture
def say(bot, slack):
    """What somebody reads after typing a command."""

    def type_line(line, person="ana", channel="#incidents"):
        reply = slack.say(person, channel, f"/incident {line}")
        assert reply is not None
        return reply

    return type_line


@pytest.fixture
def stored(database):
    """The ledger's numbers: revision, and incidents."""

    def look(opened: Database = database):
        with opened.read() as ledger:
            return ledger.page.revision, ledger.count_incidents()

    return look


@pytest.fixture
def pause():
    """For what happens in another thread."""
    return time.sleep


@pytest.fixture
def question(say):
    """Asked of Ana, who did not say which of two incidents she means."""
    say("open Site Outage | We see errors.")
    say("open Slow classes | Classes are slow.")
    return say("update Better now.")
