"""The plan of the house holds: imports go down only, and what is small stays small."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.architecture import House, May, may

ROOT = Path(__file__).parents[1]
OURS = ("bot", "storage")

# Who may import what, beside the standard library: our own parts, then libraries.
TABLE = {
    "bot.core": may(),
    "bot.log": may(),
    "bot.threads": may(),
    "bot.signals": may(),
    "bot.words": may("", "babel"),
    "bot.config": may("bot.core bot.log", "dotenv sqlalchemy"),
    "bot.loop": may("bot.core"),
    "bot.clock": may("bot.core bot.words storage"),
    "bot.commands": may("bot.core storage bot.words"),
    "bot.slack": may(
        "bot.core storage bot.commands bot.words", "slack_bolt slack_sdk httpx httpcore"
    ),
    "bot.publish": may("bot.core storage bot.words", "jinja2 markupsafe brotli obstore"),
    "bot.health": may("bot.core bot.slack storage"),
    "bot.metrics": may("bot.core bot.health", "prometheus_client"),
    "bot.web": may("bot.health bot.slack", "flask werkzeug waitress granian"),
    "bot.sandbox": may(
        "bot.signals", "flask flask_sock werkzeug simple_websocket jinja2 markupsafe httpx"
    ),
    "bot.components": may("bot.core storage"),
    "bot.app": may(
        "bot.core bot.log bot.words bot.config bot.commands bot.components bot.publish storage"
    ),
    "bot.emergency": may("bot.core bot.publish storage"),
    "bot.monitoring": may(
        "bot.app bot.commands bot.core bot.config bot.health bot.loop bot.metrics bot.slack "
        "bot.web storage"
    ),
    "bot.processes": may(
        "bot.app bot.core bot.config bot.loop bot.clock bot.monitoring bot.signals bot.slack "
        "bot.threads bot.web storage",
        "flask",
    ),
    "bot.demo": may("bot.app bot.config"),
    "bot.doctor": may("bot.app bot.config bot.core bot.publish bot.slack storage"),
    "bot.cli": may(
        "bot.app bot.processes bot.demo bot.doctor bot.commands bot.config bot.core bot.emergency "
        "bot.slack "
        "bot.sandbox storage",
        "click",
    ),
    "storage": may("bot.core", "sqlalchemy alembic psycopg"),
}

HOUSE = House(ROOT, TABLE, OURS)

# What a newcomer sees first; everything else has its place inside.
TOP = {
    *("pyproject.toml", "bot", "storage", "templates", "tests", "Procfile", "README.md"),
    *("LICENSE", "CHANGELOG.md", "SECURITY.md", "Makefile", "docs", ".ci", ".git", ".gitignore"),
}


def test_each_part_imports_only_what_the_table_allows():
    assert HOUSE.wrong_imports() == []


def test_importing_the_bot_imports_nothing_else():
    assert (ROOT / "bot/__init__.py").read_text() == ""


def test_one_broad_except_exists_the_loops():
    assert HOUSE.broad_excepts() == ["bot/loop.py"]


def test_no_file_is_long():
    assert HOUSE.long_files() == []


def test_no_function_is_long():
    assert HOUSE.long_functions() == []


def test_the_top_of_the_checkout_is_what_it_was_planned_to_be():
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().split()]
    names = {path.name for path in ROOT.iterdir()}
    visible = {name for name in names if not any(fnmatch(name, line) for line in ignored)}
    assert visible <= TOP


@pytest.fixture
def toy(tmp_path):
    """A small house: `put` writes a module, `house` reads them all."""

    class Toy:
        def put(self, path, text):
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

        def house(self):
            table: dict[str, May] = {"bot.core": may(), "bot.slack": may("bot.core", "slack_sdk")}
            return House(tmp_path, table | {"storage": may("bot.core", "sqlalchemy")}, OURS)

    return Toy()


@pytest.mark.parametrize(
    "line",
    [
        "import json, os.path",
        "from bot.core import status",
        "from bot.core.status import Phase",
        "from . import client",
        "from .client import post",
        "from ..core import status",
        "import slack_sdk.web",
    ],
)
def test_an_import_down_the_table_is_allowed(toy, line):
    toy.put("bot/slack/client.py", line)
    assert toy.house().wrong_imports() == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("import flask", "flask"),
        ("from flask import Flask", "flask.Flask"),
        ("import storage.ledger", "storage.ledger"),
        ("from storage import ledger", "storage.ledger"),
        ("from bot import loop", "bot.loop"),
        ("from .. import loop", "bot.loop"),
        ("from ... import storage", "storage"),
        ("def later():\n    import storage", "storage"),
        ("if TYPE_CHECKING:\n    from storage import Ledger", "storage.Ledger"),
    ],
)
def test_an_import_against_the_table_is_found(toy, line, wrong):
    toy.put("bot/slack/client.py", line)
    assert toy.house().wrong_imports() == [f"bot.slack.client imports {wrong}"]


def test_an_import_in_a_package_is_found(toy):
    toy.put("bot/core/__init__.py", "from ..slack import client")
    assert toy.house().wrong_imports() == ["bot.core imports bot.slack.client"]


def test_a_module_without_a_row_is_found(toy):
    toy.put("bot/extra.py", "import json")
    toy.put("bot/__init__.py", "")
    assert toy.house().wrong_imports() == ["bot.extra stands in no row of the table"]


@pytest.mark.parametrize(
    "line",
    [
        "try: quack()\nexcept: pass",
        "try: quack()\nexcept Exception: pass",
        "try: quack()\nexcept (ValueError, BaseException) as error: pass",
        "with contextlib.suppress(Exception): quack()",
        "try: quack()\nexcept builtins.Exception: raise",
    ],
)
def test_a_broad_except_is_found(toy, line):
    toy.put("bot/core/quack.py", line)
    assert toy.house().broad_excepts() == ["bot/core/quack.py"]


def test_a_narrow_except_is_none(toy, tmp_path):
    toy.put(
        "bot/core/quack.py", "try: quack()\nexcept (OSError, duck.Error): pass\nquack(Exception)"
    )
    assert toy.house().broad_excepts() == []


def test_long_files_and_functions_are_found(toy):
    toy.put("bot/core/long.py", "def long():\n" + "    quack()\n" * 40 + "\n" * 260)
    toy.put("bot/core/short.py", "def short():\n" + "    quack()\n" * 39)
    assert toy.house().long_functions() == ["bot.core.long.long: 41 lines"]
    assert toy.house().long_files() == ["bot/core/long.py: 301 lines"]
