"""On SQLite whatever writes begins IMMEDIATE.

A transaction that reads first and writes later fails at once when another wrote in between, however
long it may wait for locks. So the program is listened to at its driver, as it lives: whoever begins
a transaction, in whatever thread.
"""

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from storage import engines
from tests.faults.forkserver import ForkServer, Launch
from tests.faults.place import Servers
from tests.faults.world import BRISK, ONE, Setup, World

_TRACE = "statements"
_ENOUGH = 12  # revisions
_NOTED: Setup = (f"{__name__}:note_statements", {})
_CARELESS: Setup = (f"{__name__}:begin_deferred", {})
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP")
_COMMANDS = (
    "incident open www=down Typed by hand | At the command line.",
    "maintenance schedule www from=2031-01-01T10:00 for=1h Works | Nobody will notice.",
    "components add forum Forum",
    "publish --full",
    "doctor",
    "export copy.jsonl",
    "import copy.jsonl",
)


def note_statements() -> None:
    """In a child: write down what every connection is asked for, in a file of its own."""
    numbers = count()

    def listen(connection: sqlite3.Connection, _record: Any) -> None:
        path = f"{_TRACE}-{os.getpid()}-{next(numbers)}"
        file = Path(path).open("a", buffering=1)  # noqa: SIM115 -- it is open as long as we live
        connection.set_trace_callback(lambda said: file.write(f"{' '.join(said.split())[:60]}\n"))

    event.listen(Engine, "connect", listen)


def begin_deferred() -> None:
    """In a child: the usual mistake."""
    immediately = engines.sqlite_options

    def carelessly(*, writes: bool, wait: float) -> dict[str, Any]:
        return {**immediately(writes=writes, wait=wait), "duckrow_writes": False}

    vars(engines)["sqlite_options"] = carelessly


def writes_by_beginning(statements: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each statement that writes, and what its transaction began with; nothing outside of one."""
    began = ""
    for statement in statements:
        word = statement.partition(" ")[0].upper()
        if word == "BEGIN":
            began = statement
        elif word in ("COMMIT", "ROLLBACK", "END"):
            began = ""
        elif word in _WRITES:
            yield statement, began


def found_in(folder: Path) -> dict[str, set[str]]:
    """What transactions began with -> the statements that wrote in them."""
    found = defaultdict(set)
    for file in folder.glob(f"{_TRACE}-*"):
        for statement, began in writes_by_beginning(file.read_text().splitlines()):
            found[began].add(statement)
    return dict(found)


def run_commands(world: World) -> None:
    """Each as somebody would type it in a terminal."""
    for words in _COMMANDS:
        elsewhere = {"DATABASE_URL": "sqlite:///second.db"} if words.startswith("import") else {}
        argv, env = tuple(words.split()), world.env | elsewhere
        launch = Launch(argv, str(world.folder), env, "commands.log", (BRISK, _NOTED))
        assert world.server.run(launch) == 0, (world.folder / "commands.log").read_text()


def test_whatever_writes_begins_immediate(tmp_path):
    servers = Servers(pytest.fail)
    with (
        servers.place("sqlite", ("folder",), tmp_path) as place,
        ForkServer() as server,
        World(tmp_path, server, place, ONE, setups=(BRISK, _NOTED)) as world,
    ):
        with world.typing():
            world.wait_for(lambda: world.truth.revision() > _ENOUGH)
        world.settle()
        run_commands(world)
    found = found_in(tmp_path)
    assert set(found) == {"BEGIN IMMEDIATE"}, found
    kinds = {statement.partition(" ")[0] for statement in found["BEGIN IMMEDIATE"]}
    assert kinds >= {"INSERT", "UPDATE", "DELETE", "CREATE"}


def test_a_transaction_that_begins_deferred_is_seen(tmp_path):
    env = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'ledger.db'}",
        "PUBLISH_URL": (tmp_path / "public").as_uri(),
        "INCIDENT_CHANNELS": "C0",
    }
    with ForkServer() as server:
        for slug, setups in {"www": (), "forum": (_CARELESS, _NOTED)}.items():
            argv = ("components", "add", slug, slug)
            server.run(Launch(argv, str(tmp_path), env, "commands.log", setups))
    assert "INSERT INTO component" in str(found_in(tmp_path)["BEGIN"])
