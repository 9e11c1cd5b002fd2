"""F8: a backup of the ledger is put back under a page that went on."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import make_url

from tests.faults.postgres.stale import KEPT, await_back, await_update, lost, remembering
from tests.faults.scenario import scenario
from tests.faults.world import ONE, Process, World


@scenario("F8", topologies=(ONE,), short=1, long=20, batch=1, corrections=KEPT)
def restored_backups(world: World, runs: int, random: Random) -> None:
    """A backup of the ledger is put back; what was published since comes back from the page."""
    for _ in range(runs):
        ledger = Path(str(make_url(world.place.database_url).database))
        backup = world.folder / "backup.db"
        _back_up(ledger, backup)
        backed_up = world.truth.rows()
        time.sleep(random.uniform(2, 4))
        await_update(world, backed_up)
        with _nobody_saves(ledger):
            world.wait_for(world._page_is_current)
            before = world.truth.rows()
            for process in world.processes:
                process.kill()
        _put_back(ledger, backup)
        world.notes["updates lost"] += len(lost(before, world.truth.rows()))
        assert world.notes["updates lost"], "nothing was told after the backup"
        with _the_loop_alone(world):
            await_back(world, before)
        world.heal()
        world.history = partial(remembering, before)
        time.sleep(random.uniform(1, 2))  # people go on


@contextmanager
def _the_loop_alone(world: World) -> Iterator[None]:
    """With nobody to hear what people type, so that history does not fork."""
    usual = world.processes[0]
    worker = Process(world.server, replace(usual.launch, argv=("worker",)), "worker.1")
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _back_up(ledger: Path, backup: Path) -> None:
    with closing(sqlite3.connect(ledger)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)


def _put_back(ledger: Path, backup: Path) -> None:
    for ending in ("-wal", "-shm"):
        ledger.with_name(ledger.name + ending).unlink(missing_ok=True)
    shutil.copy(backup, ledger)


@contextmanager
def _nobody_saves(ledger: Path) -> Iterator[None]:
    with closing(sqlite3.connect(ledger, timeout=10, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
