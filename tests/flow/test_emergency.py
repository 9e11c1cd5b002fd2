"""`duckrow emergency`, as somebody types it while more than the database is out of order."""

import os
import subprocess

import pytest

from tests.support.machine import tmpfs
from tests.support.processes import DUCKROW, ROOT, duckrow


@pytest.fixture
def page(tmp_path):
    """The home page, published by a ledger that is then gone."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PAGE_NAME": "Coursera"}
    duckrow(tmp_path, env, "incident", "open", "Site Outage | We see errors.")
    (tmp_path / "duckrow.db").unlink()
    return tmp_path / "public/index.html"


@pytest.fixture
def type_(tmp_path, page):
    """Run `duckrow emergency …` where it was published; its status, and what it said of trouble."""
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    }

    def run(*words, **more):
        done = subprocess.run(
            [*DUCKROW, "emergency", *words],
            cwd=tmp_path,
            env=env | more,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    return run


def test_a_full_disk_under_the_temporary_files_keeps_nobody_from_telling(tmp_path, type_, page):
    with tmpfs(tmp_path / "temporary", "16k") as small:  # all full, Python looks for another one
        assert type_("Outage | The disk is full.", TMPDIR=str(small)) == (0, "")
    assert "The disk is full." in page.read_text()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PAGE_THEME", "/nonexistent", '"/nonexistent" is no folder.'),
        ("PAGE_TIME_ZONE", "Mars/X", '"Mars/X" is no known time zone.'),
        ("PAGE_LOGO", "gone.png", "the file cannot be read: No such file or directory."),
        ("LOG_LEVEL", "loud", '"loud" is none of its values.'),
    ],
)
def test_a_setting_of_the_look_keeps_nobody_from_telling(type_, page, setting, value, said):
    told = type_("Outage | We are down.", PAGE_ACCENT="#0b57d0", **{setting: value})
    assert told == (0, f"Left out: {setting}: {said}\n")
    assert "We are down." in page.read_text()
    assert "#0b57d0" in page.read_text()  # the look is ours but for what was left out


def test_a_broken_theme_keeps_nobody_from_telling(tmp_path, type_, page):
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / "home.html").write_text("{% if %}")
    status, said = type_("Outage | We are down.", PAGE_THEME=str(theme))
    assert (status, said.splitlines()[0]) == (
        0,
        f"Left out: PAGE_THEME: The theme in {theme} cannot be used:",
    )
    assert "We are down." in page.read_text()


def test_a_theme_on_a_disk_that_fails_keeps_nobody_from_telling(tmp_path, type_, page):
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / "home.html").symlink_to("/proc/self/mem")  # whoever reads it is told EIO
    status, said = type_("Outage | We are down.", PAGE_THEME=str(theme))
    assert status == 0
    assert said.startswith("Left out: PAGE_THEME: [Errno 5]")
    assert "We are down." in page.read_text()


def test_a_target_that_is_mistyped_is_still_an_error(type_, page):
    before = page.read_text()
    status, said = type_(
        "We are down.", PUBLISH_URL="ftp://example.com/", PAGE_THEME="/nonexistent"
    )
    assert status == 1
    assert 'PUBLISH_URL: "ftp://" is no known kind of target.' in said
    assert page.read_text() == before
