"""Settings: read once at start from the environment and `.env`; all problems are said at once.

Each is declared once, below: reading, `docs/settings.md` and the tests come from that declaration.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from sqlalchemy import make_url

from bot.config import look
from bot.config import values as read
from bot.config.problems import BOTH_ARE_MISSING, HTTP_IS_MISSING, Problem, SettingsError
from bot.core.errors import Refusal
from bot.core.page import LANGUAGES, PageLink
from bot.log import Redactor

Part = Literal["page", "ledger", "target", "slack", "reception", "http", "server", "log"]

PARTS: dict[Part, str] = {
    "page": "What the page says of itself",
    "ledger": "The database",
    "target": "Where the page is published",
    "slack": "Slack",
    "reception": "How Slack reaches the bot",
    "server": "Listening",
    "log": "Logging",
}


def _setting(
    part: Part,
    default: str,
    help: str,  # noqa: A002 -- it is the help
    reader: Callable[[str], Any],
    *,
    secret: bool = False,
    required: bool = False,
    several: bool = False,
) -> Any:
    facts = {"part": part, "default": default, "help": help, "read": reader}
    return field(repr=not secret, metadata=facts | {"required": required, "several": several})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set. `load` makes it; a field's name in capitals is the setting's."""

    page_name: str = _setting("page", "Status", "The name of the service.", read.line)
    page_url: str = _setting(
        "page",
        "http://127.0.0.1:8000/",
        "Where the public reads the page: its absolute address, ending in a slash. The ids of "
        "feeds' entries are made of it: after a change of it, feed readers show each entry anew.",
        read.address,
    )
    page_about: str = _setting("page", "", "A paragraph about the service.", read.paragraph)
    page_time_zone: ZoneInfo = _setting(
        "page", "UTC", "The time zone of the page's days, such as Europe/Berlin.", read.zone
    )
    page_headline: str = _setting(
        "page",
        "All our ducks are in a row.",
        "The headline while nothing is wrong.",
        read.line,
    )
    page_language: str = _setting(
        "page",
        "en",
        f"The language of the page's own words, dates and numbers: {look.one_of(LANGUAGES)}.",
        look.language,
    )
    page_logo: str = _setting(
        "page",
        "",
        "A file with the logo that stands in place of the name: SVG, PNG or WebP. "
        f"Encoded it takes {look.LARGEST_LOGO:,} bytes at most, as it is part of every page: a "
        "PNG or WebP of 7,400 does. An SVG can hold its own colours for dark surroundings.",
        look.logo,
    )
    page_accent: str = _setting(
        "page",
        "",
        "The colour of links, such as #0b57d0. Where it could not be read, in light or in dark, "
        "the nearest shade of it that can be is used there.",
        look.accent,
    )
    page_links: tuple[PageLink, ...] = _setting(
        "page",
        "",
        "Links at the top of the page, as `Support=https://help.example.com/ "
        "Write to us=mailto:help@example.com`.",
        look.links,
        several=True,
    )
    page_ducks: bool = _setting(
        "page",
        "on",
        "The row of ducks over the headline: on or off (PAGE_HEADLINE may speak of them, too).",
        look.on_or_off,
    )
    page_theme: Path | Literal[""] = _setting(
        "page",
        "",
        "A folder whose templates and styles stand in for ours: see [theming.md](theming.md).",
        look.theme,
    )
    database_url: str = _setting(
        "ledger",
        "sqlite:///duckrow.db",
        "The ledger: a SQLite file, or PostgreSQL (`postgresql://user:password@host/name`; "
        "several hosts are separated by commas).",
        read.database,
        secret=True,
    )
    publish_url: tuple[str, ...] = _setting(
        "target",
        "./public",
        "Where the page is written: a folder, as a path or as `file:///…` (needed when the path "
        "has spaces), or an object store's `s3://bucket/prefix`. Two independent targets are "
        "separated by a space.",
        read.targets,
    )
    publish_compressed: tuple[str, ...] = _setting(
        "target",
        "",
        "Compressed copies to write beside each file, for web servers that serve them ready-made: "
        "gzip, brotli, or both, separated by a space. Empty: none. Object stores get none.",
        read.encodings,
        several=True,
    )
    aws_access_key_id: str = _setting(
        "target",
        "",
        "The key for `s3://…`. Without one the machine's own role is used.",
        read.credential,
    )
    aws_secret_access_key: str = _setting(
        "target", "", "The secret that belongs to the key.", read.credential, secret=True
    )
    aws_session_token: str = _setting(
        "target", "", "The session's token, with a temporary key.", read.credential, secret=True
    )
    aws_region: str = _setting(
        "target", "us-east-1", "The region of the bucket; R2's is auto.", read.credential
    )
    aws_endpoint_url: str = _setting(
        "target",
        "",
        "The address of an object store that is not Amazon's: MinIO, R2 and others.",
        read.endpoint,
    )
    slack_bot_token: str = _setting(
        "slack",
        "",
        "The bot's token, `xoxb-…`: the app's page, under OAuth & Permissions.",
        read.bot_token,
        secret=True,
        required=True,
    )
    incident_channels: tuple[str, ...] = _setting(
        "slack",
        "",
        "Ids of the channels where the command works, separated by commas or spaces.",
        read.channels,
        required=True,
        several=True,
    )
    publishers: tuple[str, ...] = _setting(
        "slack",
        "",
        "Ids of the people and user groups who may use the command; empty: every full member.",
        read.people,
        several=True,
    )
    slash_command: str = _setting("slack", "/incident", "The slash command's name.", read.command)
    slack_api_url: str = _setting(
        "slack", "https://slack.com/api/", "Slack's Web API; another one for tests.", read.address
    )
    slack_app_token: str = _setting(
        "reception",
        "",
        "The app-level token, `xapp-…`; when it is set, Slack is reached in Socket Mode.",
        read.app_token,
        secret=True,
    )
    slack_signing_secret: str = _setting(
        "reception",
        "",
        "The app's signing secret, for HTTP: Slack sends everything to `/slack/events`.",
        read.signing_secret,
        secret=True,
    )
    host: str = _setting("server", "127.0.0.1", "The address to listen on.", read.host)
    port: int = _setting("server", "8000", "The port to listen on.", read.port)
    monitor_port: int | Literal[""] = _setting(
        "server",
        "",
        "A port for `/healthz`, `/readyz` and Prometheus' `/metrics`, for those who run it: each "
        "process needs its own. Empty: none. See [operations.md](operations.md#watching-it).",
        read.port,
    )
    log_level: str = _setting("log", "info", "debug, info, warning or error.", read.log_level)
    log_format: str = _setting("log", "text", "text or json, one line per event.", read.log_format)

    @property
    def socket_mode(self) -> bool:
        """An app token means Socket Mode; without one Slack comes by HTTP."""
        return bool(self.slack_app_token)

    @property
    def is_shared(self) -> bool:
        """The ledger is on a server: other machines may publish from it, too."""
        return make_url(self.database_url).get_backend_name() != "sqlite"

    @property
    def secrets(self) -> frozenset[str]:
        """What must never be shown: hand it to `bot.log.configure`."""
        slack = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret)
        store = (self.aws_secret_access_key, self.aws_session_token)
        return frozenset(filter(None, (*slack, *store, make_url(self.database_url).password)))


def environment(dotenv: Path = Path(".env")) -> dict[str, str]:
    """The process's environment over what `.env` says, if there is one."""
    try:
        said = dotenv_values(dotenv, interpolate=False) if dotenv.exists() else {}
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is no UTF-8 text" if isinstance(error, ValueError) else error.strerror
        remedy = "Make it a readable text file, or remove it."
        raise SettingsError([Problem(str(dotenv), f"cannot be read: {reason}", remedy)]) from None
    return {name: value for name, value in said.items() if value is not None} | dict(os.environ)


def load(env: Mapping[str, str], *parts: Part) -> Settings:
    """The settings that the named parts need, or all of them when none is named.

    The others keep their defaults, unread: a tool neither stops for nor uses what it does not name.
    "http" is "reception" with Socket Mode ruled out. Raises SettingsError.
    """
    needed: set[str] = {"log", *(parts or PARTS)} | ({"reception"} if "http" in parts else set())
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for each in fields(Settings):
        try:
            values[each.name] = _value(each, env, needed=each.metadata["part"] in needed)
        except Refusal as refusal:
            problems.append(_problem(each.name.upper(), refusal))
    problems += _no_way_in(values, needed)
    if problems:
        raise SettingsError(problems)
    return Settings(**values)


def _value(each: Field[Any], env: Mapping[str, str], *, needed: bool) -> Any:
    facts = each.metadata
    text = (env.get(each.name.upper(), "").strip() if needed else "") or facts["default"]
    if text:
        return facts["read"](text)
    if facts["required"] and needed:
        raise Refusal("it is not set.", facts["help"])
    return () if facts["several"] else ""


def _no_way_in(values: Mapping[str, Any], needed: set[str]) -> list[Problem]:
    """Slack must be able to reach the bot; a setting that was refused has been reported already."""
    http = values.get("slack_signing_secret", "refused")
    socket = values.get("slack_app_token", "refused")
    if "reception" not in needed or http or (socket and "http" not in needed):
        return []
    return [HTTP_IS_MISSING if "http" in needed else BOTH_ARE_MISSING]


def _problem(name: str, refusal: Refusal) -> Problem:
    """What somebody pasted into the wrong setting may be a token: it is not repeated."""
    redact = Redactor()
    return Problem(name, redact(refusal.problem), redact(refusal.remedy))
