"""The system's programs that some tests need."""

import os
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox",  # it may run as root, and sees only our own pages
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # loopback only
]


def need(tool: str, found: Path | None, remedy: str) -> Path:
    """Where the tool is; else the test is skipped, or fails in CI, where nothing may be missing."""
    return found or _do_without(f"{tool} is missing; {remedy}")


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def find_chromium() -> Path | None:
    """The system's own browser: nothing is downloaded for the tests."""
    found = filter(None, map(shutil.which, CHROMIUM_NAMES))
    return next(map(Path, found), None)


def unused_port() -> int:
    """A loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
