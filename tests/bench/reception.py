"""From a received command to its durable ack, beside its floor, all in one process."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.app import Duckrow, now
from bot.config import load
from bot.sandbox import Sandbox, Workspace
from bot.slack.reception import Reception
from storage.database import Database
from storage.ledger import SlackIdentity

LINE = "update www=slow We see errors on some pages and are looking into it."


class Bot:
    """A bot that is handed payloads one after the other, as Socket Mode would."""

    def __init__(self, slack: Sandbox, duckrow: Duckrow) -> None:
        self._slack = slack
        self._reception = Reception(
            duckrow.database,
            token=slack.bot_token,
            api_url=slack.api_url,
            channels=duckrow.settings.incident_channels,
            now=now,
            wake=lambda: None,
        )
        self._sent = 0
        for step in self._reception.steps:
            while step(now()):
                pass

    def receive(self, line: str) -> str:
        """Dispatch one command; the ack's text."""
        request = BoltRequest(mode="socket_mode", body=self.payload(line))
        answer = self._reception.app.dispatch(request)
        assert answer.status == 200, answer.body
        return str(answer.body)

    def payload(self, line: str) -> dict[str, str]:
        self._sent += 1
        workspace = self._slack.workspace
        return {
            "command": "/incident",
            "text": f"{line} ({self._sent})",
            "team_id": workspace.team_id,
            "api_app_id": workspace.app.app_id,
            "channel_id": workspace.channel("#incidents").id,
            "user_id": workspace.person("ana").id,
            "trigger_id": f"{self._sent}.{time.monotonic_ns()}",
            "response_url": "",
        }

    def close(self) -> None:
        self._reception.close()


@contextmanager
def reception(folder: Path) -> Iterator[tuple[Bot, Duckrow]]:
    """A bot on a SQLite ledger in that folder."""
    with Sandbox(Workspace(rate_limits=False)) as slack:
        env = {
            "DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}",
            "PUBLISH_URL": (folder / "public").as_uri(),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "INCIDENT_CHANNELS": slack.workspace.channel("#incidents").id,
        }
        loaded = load(env)
        with closing(Database(loaded.database_url)) as database:
            duckrow = Duckrow(loaded, database)
            duckrow.prepare()
            _introduce(database, slack)
            with closing(Bot(slack, duckrow)) as bot:
                yield bot, duckrow


def _introduce(database: Database, slack: Sandbox) -> None:
    app = slack.workspace.app
    with database.write() as ledger:
        ledger.remember_slack(SlackIdentity(slack.workspace.team_id, app.app_id, app.bot_user))


def empty_dispatch() -> Callable[[dict[str, str]], None]:
    """Bolt with one command that does nothing: what reception costs at the very least."""
    app = App(
        process_before_response=True,
        client=WebClient(retry_handlers=[]),
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
        request_verification_enabled=False,
    )
    app.command("/incident")(lambda ack: ack("ok"))

    def dispatch(payload: dict[str, str]) -> None:
        answer = app.dispatch(BoltRequest(mode="socket_mode", body=payload))
        assert answer.status == 200

    return dispatch


@contextmanager
def bare_commit(folder: Path) -> Iterator[Callable[[], None]]:
    """SQLite's own commit of one row, as durable as ours: what storing costs at the very least."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE told (id INTEGER PRIMARY KEY, text TEXT)")

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO told (text) VALUES (?)", (LINE,))
            connection.execute("COMMIT")

        yield commit
