"""The system's programs that some tests need."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
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

_LOWEST, _RANGE = 12_000, 400  # ports: above those that servers are known by, and how many for each


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
    """A loopback port that nobody listens on, nor is given before it is used."""
    return next(_PORTS)


def _ports() -> Iterator[int]:
    """Below the kernel's own, which it gives to whoever asks next.

    Tests run in several processes: a range is for the one that has bound its first port.
    """
    with ExitStack() as ours:
        for first in range(_LOWEST, _lowest_of_the_kernels() - _RANGE, _RANGE):
            with suppress(OSError):
                ours.enter_context(_bound(first))
                yield from filter(_is_free, range(first + 1, first + _RANGE))
        yield from _ports_of_the_kernel()


def _ports_of_the_kernel() -> Iterator[int]:
    while True:
        with _bound(0) as probe:
            port = int(probe.getsockname()[1])
        yield port


def _lowest_of_the_kernels() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:  # not Linux, where it is higher
        return 32_768


def _is_free(port: int) -> bool:
    try:
        _bound(port).close()
    except OSError:
        return False
    return True


def _bound(port: int) -> socket.socket:
    probe = socket.socket()
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.close()
        raise
    return probe


_PORTS = _ports()
