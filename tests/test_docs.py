"""Documentation that is written from declarations does not lag behind them."""

import re
from pathlib import Path

import pytest

from bot import app, cli
from bot.commands import COMMANDS
from bot.core.grammar import help_one, help_text, split
from bot.core.text import to_plain
from bot.publish.filters import filters
from bot.publish.renderer import TEMPLATES

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "templates.md"])
def test_the_generated_pages_are_up_to_date(name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == app.generated_docs()[name], "write it again with: make docs"


def test_every_subcommand_is_a_file_that_names_itself():
    files = {path.stem for path in (ROOT / "bot/commands").glob("[!_]*.py")}
    assert {command.name for command in COMMANDS} == files


def test_every_subcommand_of_the_design_is_there():
    assert [command.name for command in COMMANDS] == [
        *("open", "update", "investigating", "identified", "monitoring", "resolve", "reopen"),
        *("rename", "edit", "retract", "list", "show", "timeline", "page", "components", "help"),
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_explains_every_subcommand_and_its_example_is_one(command):
    assert command.name in help_text(COMMANDS, "/incident")
    assert to_plain(help_one(command, "/incident"))
    assert split(command.example, COMMANDS)[0] is command


def test_no_word_means_two_subcommands():
    words = [word for command in COMMANDS for word in (command.name, *command.aliases)]
    assert len(words) == len(set(words))


def test_the_readme_links_to_what_exists():
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_of_the_command_line_has_help():
    assert all(cli.COMMANDS.values())


def test_the_guide_to_themes_names_what_a_designer_can_change():
    guide = (ROOT / "docs/theming.md").read_text(encoding="utf-8")
    style = (TEMPLATES / "_style.css").read_text(encoding="utf-8")
    base = (TEMPLATES / "_base.html").read_text(encoding="utf-8")
    text = re.sub(r"```.*?```", "", guide, flags=re.DOTALL)
    named = set(re.findall(r"`([^`]+)`", text))
    assert set(re.findall(r"(--\w+):", style)) <= named
    assert set(re.findall(r"{% block (\w+)", base)) <= named
    assert {path.name for path in TEMPLATES.glob("_*") if path.name != "_entry.html"} <= named


def test_the_filters_of_the_guide_exist():
    guide = (ROOT / "docs/theming.md").read_text(encoding="utf-8")
    table = guide.partition("| filter |")[2].partition("###")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert set(re.findall(r"`(\w+)", " ".join(cells))) <= filters("en").keys()
