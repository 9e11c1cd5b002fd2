"""The wiring: the only module that knows every part."""

import getpass
import logging
import signal
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from bot import config, log
from bot.clock import keep_time
from bot.commands import Answer, Call
from bot.commands import run as run_command
from bot.config import Settings
from bot.core.errors import Refusal
from bot.core.ids import new_id
from bot.core.incident import Author
from bot.core.page import Component, Page
from bot.core.text import clean_name, escape_slack
from bot.loop import Loop, Step
from bot.publish import Publisher, fingerprint, open_target
from storage.database import Database
from storage.errors import LedgerUnavailable
from storage.ledger import PROGRAM, Cause, Telling
from storage.turn import turn_of

logger = logging.getLogger(__name__)


def now() -> datetime:
    """The one place where the program looks at the clock."""
    return datetime.now(UTC)


def settings(*parts: config.Part) -> Settings:
    """The settings that these parts need; logging follows them. Raises SettingsError."""
    loaded = config.load(config.environment(), *parts)
    log.configure(loaded.log_level, loaded.log_format, loaded.secrets)
    return loaded


def upgrade(loaded: Settings) -> None:
    """Bring the ledger's tables up to this version."""
    database = Database(loaded.database_url)
    try:
        database.migrate()
    finally:
        database.close()


@contextmanager
def opened(loaded: Settings) -> Iterator["Duckrow"]:
    """The installation these settings describe, its ledger ready."""
    database = Database(loaded.database_url)
    try:
        duckrow = Duckrow(loaded, database)
        duckrow.prepare(now())
        yield duckrow
    finally:
        database.close()


class Duckrow:
    """One installation: its ledger, its targets, and what can be done without Slack."""

    def __init__(self, loaded: Settings, database: Database) -> None:
        self.settings = loaded
        self.database = database
        self.publishers = [Publisher(database, open_target(url)) for url in loaded.publish_url]

    def prepare(self, at: datetime) -> None:
        """Have the tables and the page ready; on an empty ledger the settings become the page."""
        self.database.ensure_ready()
        self.database.begin(self._page())

    def settle_page(self, at: datetime) -> None:
        """Tell the ledger what the page says of itself now, and who renders it.

        Only the process that runs the loop does, once, at its start.
        """
        with self.database.telling(_cause("settings", at)) as ledger:
            wanted = self._page()
            ledger.configure(
                name=wanted.name,
                url=wanted.url,
                about=wanted.about,
                time_zone=wanted.time_zone,
                headline=wanted.headline,
                fingerprint=wanted.fingerprint,
            )

    def say(self, line: str) -> Answer:
        """Carry out a line of the command language, as whoever is logged in here."""
        user = getpass.getuser()
        return run_command(
            Call(
                key=f"cli:{uuid.uuid4()}",
                line=escape_slack(line),
                author=Author(f"cli:{user}", user),
                channel=next(iter(self.settings.incident_channels), ""),
                at=now(),
                slash="duckrow incident",
            ),
            self.database,
        )

    def publish(self) -> None:
        """Bring every target up to date."""
        for publisher in self.publishers:
            publisher.sync(now())

    def publish_fully(self, *, take_over: bool, progress: Callable[[int, int], None]) -> None:
        """Write every document again."""
        for publisher in self.publishers:
            publisher.full(now(), take_over=take_over, progress=progress)

    def add_component(self, slug: str, name: str, *, group: str, description: str) -> None:
        """Add a component, and its group where that is new. Raises Refusal."""
        with self.database.telling(_cause("components add", now())) as ledger:
            components.add(ledger, slug, name, group=group, description=description)

    def _page(self) -> Page:
        return Page(
            id=new_id(),
            name=self.settings.page_name,
            url=self.settings.page_url,
            about=self.settings.page_about,
            time_zone=self.settings.page_time_zone.key,
            headline=self.settings.page_headline,
            fingerprint=fingerprint(),
        )
