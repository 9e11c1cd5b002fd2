"""F5 and F6: the disk says "written" for some seconds, writes nothing, and the power goes.

What it lied about is gone, whatever the program does. Judged is what is left to do well: the ledger
is opened or refused plainly; what the page still tells comes back into it; nothing older than the
page is published over it; and whatever was said after the power came back is kept.
"""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from random import Random

from tests.faults.machine.places import DISKS, PAGE, ledger
from tests.faults.machine.power import nobody_served
from tests.faults.machine.scenarios import await_ack
from tests.faults.world import World
from tests.support.machine import failing


def lie_and_cut(world: World, random: Random) -> None:
    """No fsync is carried out for a while; then what was not written in passing is gone."""
    disk, process = DISKS[world.folder], world.processes[0]
    assert process.child
    with failing(process.child.pid, "fsync,fdatasync", "retval=0"):
        await_ack(world)
        time.sleep(random.uniform(0.5, 2))
        with nobody_served(world):
            disk.cut()
            process.kill()
            disk.mount_again()


def is_whole(world: World) -> bool:
    """Whether SQLite finds nothing wrong with what is left of the ledger."""
    try:
        with closing(sqlite3.connect(ledger(world))) as left:
            return bool(left.execute("PRAGMA integrity_check").fetchall() == [("ok",)])
    except sqlite3.DatabaseError:
        return False


def told_by_the_page(world: World) -> set[str]:
    """The updates that stand in those of its documents which can be read."""
    told = set()
    for path in (ledger(world).parent / PAGE).glob(f"api/v2/incidents/{'?' * 12}.json"):
        told |= _updates(path)
    return told


def torn(world: World) -> list[str]:
    """Of the page's JSON documents, those that cannot be read."""
    page: Path = ledger(world).parent / PAGE
    return [path.name for path in page.rglob("*.json") if not _is_json(path)]


def _updates(path: Path) -> set[str]:
    if not _is_json(path):
        return set()
    return {one["id"] for one in json.loads(path.read_bytes())["incident"]["incident_updates"]}


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True
