"""SECURITY.md claims nothing that no test holds: each test that it names is there."""

import ast
import re
from pathlib import Path

import pytest

from bot.config import Settings

ROOT = Path(__file__).parents[2]
SAID = (ROOT / "SECURITY.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", SAID)))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_is_there(path, name):
    parsed = ast.parse((ROOT / path).read_text())
    tests = {one.name for one in ast.walk(parsed) if isinstance(one, ast.FunctionDef)}
    assert not name or name in tests


def test_nearly_every_closed_way_names_its_test():
    rows = [line for line in SAID.splitlines() if line.startswith("| ")]
    assert len(NAMED) > 30
    assert not [line for line in rows if "| nothing | " in line and "tests/" not in line]


def test_every_secret_says_what_it_allows_and_how_it_is_rotated():
    table = SAID.partition("## Secrets")[2]
    for name, one in Settings.__dataclass_fields__.items():
        assert one.repr or f"`{name.upper()}`" in table, name


def test_where_to_report_names_no_address_that_nobody_reads():
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", SAID)
