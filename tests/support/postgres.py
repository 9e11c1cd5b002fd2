"""A PostgreSQL cluster of the tests' own: made in a second, thrown away whole."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.tools import unused_port

START_SECONDS = 30

# The server's keeper reads from a pipe that only the tests hold: however they end, killed or
# crashed, the pipe closes, and the server and its folder go.
KEEPER = 'folder=$1; shift; "$@" & read -r _; kill -INT $!; wait $!; rm -rf "$folder"'

OPTIONS = {
    "fsync": "off",  # nothing here outlives the tests
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "timezone": "Asia/Kathmandu",  # an odd one: nothing of ours may depend on the server's zone
}

Prepare = Callable[[str], None]


def find_postgres() -> Path | None:
    """The folder of the newest server's programs; Debian keeps them off the PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    on_path = shutil.which("initdb")
    folders = [*([Path(on_path).parent] if on_path else []), *reversed(debian)]
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@dataclass
class Postgres:
    """A running cluster, and the databases made in it."""

    port: int
    admin: psycopg.Connection[Any]
    _names: Iterator[int] = field(default_factory=count)
    _templates: dict[Prepare, str] = field(default_factory=dict)

    def url(self, database: str) -> str:
        """As SQLAlchemy wants it."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, prepare: Prepare | None = None) -> str:
        """A new database's name: empty, or a copy of what `prepare(url)` made the first time."""
        template = self._template(prepare) if prepare else "template1"
        name = f"test_{next(self._names)}"
        self.admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return name

    def drop(self, database: str) -> None:
        """Gone, whoever is still connected."""
        self.admin.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)".encode())

    def _template(self, prepare: Prepare) -> str:
        if prepare not in self._templates:
            name = self.create()
            prepare(self.url(name))
            self.admin.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false".encode())
            self._templates[prepare] = name
        return self._templates[prepare]


@contextmanager
def running_postgres(programs: Path) -> Iterator[Postgres]:
    """Start a cluster on a loopback port; stop and remove it afterwards, whatever happened."""
    port = unused_port()
    folder = Path(tempfile.mkdtemp(prefix="duckrow-postgres-"))
    user = hand_over(folder)
    try:
        _init(programs, folder, user)
        with _server(programs, folder, port, user), _connected(port, folder / "log") as admin:
            yield Postgres(port, admin)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _init(programs: Path, folder: Path, user: dict[str, Any]) -> None:
    command = [str(programs / "initdb"), "-D", "data", "-U", "postgres", "-A", "trust"]
    command += ["--no-sync", "--encoding=UTF8", "--locale=C"]
    subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=folder, **user)


def hand_over(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then the folder and the processes are somebody else's."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    somebody = names.get("postgres") or names["nobody"]
    os.chown(folder, somebody.pw_uid, somebody.pw_gid)
    return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}


@contextmanager
def _server(programs: Path, folder: Path, port: int, user: dict[str, Any]) -> Iterator[None]:
    options = {
        **OPTIONS,
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
    }
    server = [str(folder), str(programs / "postgres"), "-D", str(folder / "data")]
    server += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, "keeper", *server],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # Ctrl-C reaches the tests alone; they stop it in order
            **user,
        )
    try:
        yield
    finally:
        keeper.communicate(timeout=START_SECONDS)


@contextmanager
def _connected(port: int, log: Path) -> Iterator[psycopg.Connection[Any]]:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            admin = psycopg.connect(host="127.0.0.1", port=port, user="postgres", autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start:\n{log.read_text()}")
            time.sleep(0.05)
        else:
            with admin:
                yield admin
            return
