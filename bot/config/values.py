"""What a setting's text must be: each reader returns the value or refuses it, with the remedy.

Secrets are never quoted in a refusal, and neither is anything that may hold a password.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.core.errors import Refusal
from bot.log import FORMATS, LEVELS

# The platform's limit, slash included.
LONGEST_COMMAND = 32
MOST_TARGETS = 2
HIGHEST_PORT = 65535
ENCODINGS = ("gzip", "brotli")

POSTGRES = "postgresql+psycopg"
SCHEMES = {"postgres": POSTGRES, "postgresql": POSTGRES, POSTGRES: POSTGRES, "sqlite": "sqlite"}
DATABASE_REMEDY = "Write sqlite:///duckrow.db or postgresql://user:password@host/name."


def line(text: str) -> str:
    """One line of ordinary characters."""
    if not text.isprintable():
        raise Refusal("it has characters that cannot be shown.", "Write one line of ordinary text.")
    return text


def paragraph(text: str) -> str:
    """Text of any number of lines."""
    line(text.replace("\n", " "))
    return text


def zone(text: str) -> ZoneInfo:
    """A time zone of the IANA database."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        remedy = "Write a name such as Europe/Berlin, America/New_York or UTC."
        raise Refusal(f'"{text}" is no known time zone.', remedy) from None


def address(text: str) -> str:
    """An absolute web address that ends in a slash, so that names can be put behind it."""
    parts = _parts(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refusal("it is no absolute web address.", "Write it as https://status.example.com/.")
    if "@" in parts.netloc or parts.query or parts.fragment or not text.isprintable():
        remedy = "Leave out user names, `?…` and `#…`."
        raise Refusal("it is more than an address of a folder.", remedy)
    if not text.endswith("/"):
        raise Refusal("it does not end in a slash.", f"Write {text}/")
    return text


def database(text: str) -> str:
    """SQLAlchemy's address of the ledger, with the driver named and a file's path absolute."""
    scheme, colon, rest = text.partition("://")
    if not colon or scheme not in SCHEMES:
        raise Refusal("it is neither SQLite nor PostgreSQL.", DATABASE_REMEDY)
    try:
        url = make_url(f"{SCHEMES[scheme]}://{_one_host_each(rest)}")
    except (ArgumentError, ValueError):
        raise Refusal("it cannot be read as an address.", DATABASE_REMEDY) from None
    url = _sqlite(url) if scheme == "sqlite" else _postgres(url)
    return url.render_as_string(hide_password=False)


def _one_host_each(rest: str) -> str:
    """libpq's `user@a:1,b:2/name` as SQLAlchemy's `user@/name?host=a:1&host=b:2`."""
    place, slash, name = rest.partition("/")
    user, at, hosts = place.rpartition("@")
    if "," not in hosts:
        return rest
    several = "&".join(f"host={host}" for host in hosts.split(","))
    return f"{user}{at}{slash}{name}{'&' if '?' in name else '?'}{several}"


def _sqlite(url: URL) -> URL:
    if url.host or url.query or not url.database or url.database == ":memory:":
        raise Refusal("it names no file that lasts.", "Write sqlite:/// and the file's path.")
    return url.set(database=str(Path(url.database).absolute()))


def _postgres(url: URL) -> URL:
    if not url.database:
        raise Refusal("it names no database.", DATABASE_REMEDY)
    return url


def targets(text: str) -> tuple[str, ...]:
    """One or two targets, each as an absolute `file:///…` address."""
    found = tuple(dict.fromkeys(_target(each) for each in text.split()))
    if len(found) != len(text.split()) or len(found) > MOST_TARGETS:
        remedy = "Name one or two different targets; a path with spaces as file:///my%20folder."
        raise Refusal("it is not one target or two.", remedy)
    return found


def encodings(text: str) -> tuple[str, ...]:
    """Ways to compress a file, each once, in one order however they are written."""
    said = set(text.lower().replace(",", " ").split())
    if unknown := sorted(said.difference(ENCODINGS)):
        raise Refusal(f'"{unknown[0]}" is no known way to compress.', "Write gzip, brotli or both.")
    return tuple(each for each in ENCODINGS if each in said)


def _target(text: str) -> str:
    scheme, colon, rest = text.partition("://")
    if colon and scheme == "s3":
        return f"s3://{_bucket(rest)}"
    if colon and (scheme != "file" or not rest.startswith("/")):
        remedy = "Write a folder, file:///… or s3://bucket/prefix."
        raise Refusal(f'"{scheme}://" is no known kind of target.', remedy)
    folder = Path(unquote(rest) if colon else text).absolute()
    if folder == Path(folder.anchor):
        raise Refusal("it is the root of the file system.", "Name a folder of the page's own.")
    return folder.as_uri()


def _bucket(text: str) -> str:
    """A bucket's name, and below it the prefix, if there is one; without a slash at the end."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w-][\w.-]*)*/?", text, re.ASCII):
        remedy = "Write s3://bucket/prefix, the prefix of plain letters, digits, - and _."
        raise Refusal("it names no bucket that can be used.", remedy)
    return text.rstrip("/")


def credential(text: str) -> str:
    """A word that is handed on as it is."""
    if not re.fullmatch(r"[!-~]+", text):
        raise Refusal("it has characters that it cannot have.", "Copy it again, as one word.")
    return text


def endpoint(text: str) -> str:
    """The address of a server, without a slash at the end."""
    return address(f"{text.rstrip('/')}/").rstrip("/")


def _token(prefix: str, kind: str, where: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(rf"{prefix}[\w.-]+", text, re.ASCII):
            remedy = f"It starts with {prefix}; copy it from the app's page, under {where}."
            raise Refusal(f"it does not look like {kind}.", remedy)
        return text

    return read


bot_token = _token("xoxb-", "a bot token", "OAuth & Permissions")
app_token = _token("xapp-", "an app-level token", "Basic Information, App-Level Tokens")


def signing_secret(text: str) -> str:
    """Slack's are 32 hexadecimal digits; another Slack's may differ, a token is none."""
    if not re.fullmatch(r"(?!xox|xapp)[\w-]{16,}", text, re.ASCII):
        remedy = "Copy it from the app's page, under Basic Information, App Credentials."
        raise Refusal("it does not look like a signing secret.", remedy)
    return text


def channels(text: str) -> tuple[str, ...]:
    """Ids of channels."""
    return _ids(text, "CG", "a channel's id, such as C0123456789 (its details show it at the end)")


def people(text: str) -> tuple[str, ...]:
    """Ids of people and user groups."""
    return _ids(text, "UWS", "a person's or a user group's id, such as U0123456789 or S0123456789")


def _ids(text: str, initials: str, wanted: str) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(re.split(r"[\s,]+", text.strip(" ,"))))
    wrong = [each for each in ids if not re.fullmatch(rf"[{initials}][A-Z0-9]+", each, re.ASCII)]
    if wrong:
        raise Refusal(f"{_quoted(wrong)} cannot be used.", f"Write {wanted}.")
    return ids


def command(text: str) -> str:
    """A slash command's name, slash included."""
    if not re.fullmatch(rf"/[^\s/]{{1,{LONGEST_COMMAND - 1}}}", text) or text != text.lower():
        remedy = f"Write /incident, or another word in lower case of at most {LONGEST_COMMAND - 1}."
        raise Refusal(f'"{text}" is no name of a slash command.', remedy)
    return text


def host(text: str) -> str:
    """A name or an address of this machine."""
    if not re.fullmatch(r"[\w.:\[\]-]+", text, re.ASCII):
        raise Refusal(f'"{text}" is no host.', "Write 127.0.0.1, or 0.0.0.0 for every address.")
    return text


def port(text: str) -> int:
    """A port that can be listened on."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) <= HIGHEST_PORT:
        raise Refusal(f'"{text}" is no port.', f"Write a number from 1 to {HIGHEST_PORT}.")
    return int(text)


def log_level(text: str) -> str:
    """How much is logged."""
    return _choice(text, LEVELS)


def log_format(text: str) -> str:
    """How it is written."""
    return _choice(text, FORMATS)


def _choice(text: str, choices: tuple[str, ...]) -> str:
    if text.lower() not in choices:
        raise Refusal(f'"{text}" is none of its values.', f"Write one of: {', '.join(choices)}.")
    return text.lower()


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _parts(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts
