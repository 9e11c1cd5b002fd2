"""One installation: its settings, its ledger, its targets, and what can be done without Slack."""

import getpass
import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from bot import commands, components, config, log
from bot.commands import Answer, Call
from bot.config import Settings
from bot.config.reference import settings_page
from bot.core.errors import Refusal
from bot.core.grammar import reference
from bot.core.ids import new_id
from bot.core.incident import Author
from bot.core.observer import NOBODY, Observer
from bot.core.page import Page
from bot.core.status import Kind
from bot.core.text import escape_slack
from bot.publish import (
    Access,
    Publisher,
    PublishError,
    Renderer,
    Target,
    open_target,
    theme,
)
from bot.publish.reference import templates_page
from bot.words import say
from storage.database import Database
from storage.ledger import PROGRAM, Cause

logger = logging.getLogger(__name__)

SAID_OF_THE_PAGE = (
    *("name", "url", "about", "time_zone", "headline"),
    *("language", "logo", "accent", "links", "ducks"),
)


def now() -> datetime:
    """The time: the one place where the program looks at the clock."""
    return datetime.now(UTC)


def settings(*parts: config.Part) -> Settings:
    """The settings that these parts need, for a process that logs. Raises SettingsError."""
    loaded = config.load(config.environment(), *parts)
    log.configure(loaded.log_level, loaded.log_format, loaded.secrets)
    return loaded


def tool_settings(*parts: config.Part) -> Settings:
    """The same for a tool at somebody's terminal: it says what it did, and logs only trouble."""
    loaded = config.load(config.environment(), *parts)
    log.configure("warning", loaded.log_format, loaded.secrets)
    return loaded


def emergency_settings() -> tuple[Settings, Sequence[config.Problem]]:
    """The same where only the target's must be right; what is wrong with the others is left out."""
    lesser: tuple[config.Part, ...] = ("page", "log")
    loaded, left_out = config.load_forgiving(config.environment(), "target", forgiven=lesser)
    log.configure("warning", loaded.log_format, loaded.secrets)
    return loaded, left_out


def upgrade(loaded: Settings) -> None:
    """Bring the ledger's tables up to this version."""
    database = Database(loaded.database_url)
    try:
        database.migrate()
    finally:
        database.close()


def generated_docs() -> dict[str, str]:
    """File name -> text of the pages of docs/ that are written from declarations."""
    return {
        "commands.md": reference(
            commands.COMMANDS, "/incident", commands.MAINTENANCE, "duckrow maintenance"
        ),
        "settings.md": settings_page(),
        "templates.md": templates_page(),
    }


@contextmanager
def opened(loaded: Settings) -> Iterator["Duckrow"]:
    """The installation, its ledger ready. Raises LedgerUnavailable, WrongLedger."""
    database = Database(loaded.database_url)
    try:
        duckrow = Duckrow(loaded, database)
        duckrow.prepare()
        yield duckrow
    finally:
        database.close()


class Duckrow:
    """One installation."""

    def __init__(self, loaded: Settings, database: Database, observer: Observer = NOBODY) -> None:
        self.settings = loaded
        self.database = database
        renderer = renderer_of(loaded)
        compressed = loaded.publish_compressed
        self.fingerprint = "-".join((renderer.fingerprint, *compressed))
        self.targets = targets_of(loaded)
        self.publishers = [
            Publisher(database, target, self.fingerprint, renderer, compressed, observer=observer)
            for target in self.targets
        ]
        self._settled = False

    def prepare(self) -> None:
        """Have the tables ready; on an empty ledger the settings become the page."""
        self.database.ensure_ready()
        if self.database.begin(page_of(self.settings)):
            self.settle_page(now())

    def leads(self, at: datetime) -> bool:
        """True while this process's settings and templates are the page's.

        The first call tells the ledger what they are; a newer process that did so later leads
        from then on, and this one stands by.
        """
        if not self._settled:
            self.prepare()
            self.settle_page(at)
            with self.database.write() as ledger:
                ledger.publications.forget_all_but(target.url for target in self.targets)
            self._settled = True
        with self.database.read() as ledger:
            return ledger.page.fingerprint == self.fingerprint

    def say(self, line: str, about: Kind = Kind.INCIDENT) -> Answer:
        """Carry out a line of the command language, as whoever is logged in here."""
        user = getpass.getuser()
        call = Call(
            key=f"cli:{uuid.uuid4()}",
            line=escape_slack(line),
            author=Author(f"cli:{user}", user),
            channel=next(iter(self.settings.incident_channels), ""),
            at=now(),
            slash=f"duckrow {about.value}",
            about=about,
        )
        return commands.run(call, self.database)

    def publish(self) -> None:
        """Bring every target up to date. Raises Refusal when one of them cannot be."""
        self._to_each_target(lambda publisher: publisher.sync(now()))
        with self.database.read() as ledger:
            known = [ledger.publications.get(target.url) for target in self.targets]
        if stopped := [f"{one.target}: {one.error}" for one in known if one.stopped]:
            raise Refusal("The page is not published.", "\n".join(stopped))

    def publish_fully(self, *, take_over: bool, progress: Callable[[int, int], None]) -> None:
        """Write every document again. Raises Refusal when a target cannot be written."""
        self._to_each_target(lambda one: one.full(now(), take_over=take_over, progress=progress))

    def _to_each_target(self, publish: Callable[[Publisher], object]) -> None:
        """One target's trouble does not keep the others from being written."""
        failed = []
        for target, publisher in zip(self.targets, self.publishers, strict=True):
            try:
                publish(publisher)
            except PublishError as error:
                failed.append(f"{target.url}: {error}\nTry later with: duckrow publish")
            except Refusal as refusal:
                failed.append(f"{refusal.problem}\n{refusal.remedy}")
        if failed:
            raise Refusal("The page could not be published.", "\n".join(failed))

    def add_component(self, slug: str, name: str, *, group: str, description: str) -> None:
        """Add a component, and its group where that is new. Raises Refusal."""
        with self.database.telling(_cause("components", now())) as ledger:
            components.add(ledger, slug, name, group=group, description=description)

    def settle_page(self, at: datetime) -> None:
        """Tell the ledger what the page says of itself now, and who renders it."""
        page = page_of(self.settings)
        with self.database.telling(_cause("settings", at)) as ledger:
            said = {name: getattr(page, name) for name in SAID_OF_THE_PAGE}
            ledger.configure(**said, fingerprint=self.fingerprint)


def targets_of(loaded: Settings) -> list[Target]:
    """Where the page goes."""
    access = Access(
        key=loaded.aws_access_key_id,
        secret=loaded.aws_secret_access_key,
        token=loaded.aws_session_token,
        region=loaded.aws_region,
        endpoint=loaded.aws_endpoint_url,
    )
    return [open_target(url, access, several=loaded.is_shared) for url in loaded.publish_url]


def renderer_of(loaded: Settings) -> Renderer:
    """Our templates, or a theme's, which are tried first. Raises Refusal."""
    renderer = Renderer(loaded.page_theme or None)
    if renderer.theme:
        theme.check(renderer, page_of(loaded))
    return renderer


def page_of(said: Settings) -> Page:
    """What the settings say of the page; its id is new."""
    return Page(
        id=new_id(),
        name=said.page_name,
        url=said.page_url,
        about=said.page_about,
        time_zone=said.page_time_zone.key,
        headline=say(said.page_headline, said.page_language),  # ours is in every language
        language=said.page_language,
        logo=said.page_logo,
        accent=said.page_accent,
        links=said.page_links,
        ducks=said.page_ducks,
    )


def _cause(what: str, at: datetime) -> Cause:
    return Cause(f"{what}:{uuid.uuid4()}", what, PROGRAM, at)
