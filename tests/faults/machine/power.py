"""F6: the power goes, and what was not durable is gone. Ledger and page are on the same disk.

The kernel shuts the file system down while the processes stand still: an fsync that it overtakes
may return success though nothing was written, on ext4 and on xfs, which no machine that lost its
power could ever tell anybody.
"""

import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

from tests.faults.machine.places import DISKS, PAGE, ledger, one_disk
from tests.faults.reader import ALWAYS, stated_by
from tests.faults.scenario import scenario
from tests.faults.truth import Rows
from tests.faults.world import ONE, World

_READS = len(ALWAYS) + 2  # of a reader's one look, at most


@scenario("F6", topologies=(ONE,), short=3, long=200, around=one_disk("ext4"), every=0.05)
def power_loss_on_ext4(world: World, runs: int, random: Random) -> None:
    """The power goes, on ext4; the machine comes back with what its disk has."""
    _cut_the_power(world, runs, random)


@scenario("F6", topologies=(ONE,), short=3, long=200, around=one_disk("xfs"), every=0.05)
def power_loss_on_xfs(world: World, runs: int, random: Random) -> None:
    """The power goes, on xfs; the machine comes back with what its disk has."""
    _cut_the_power(world, runs, random)


def _cut_the_power(world: World, runs: int, random: Random) -> None:
    disk = DISKS[world.folder]
    for _ in range(runs):
        world.wait_for(lambda: _answers(world) > 0)
        time.sleep(random.uniform(0.1, 0.6))
        with nobody_served(world):
            world.processes[0].signal(signal.SIGSTOP)  # a machine without power answers nobody
            disk.cut()
            world.processes[0].kill()
            disk.mount_again()
            look_at_what_is_left(world)
        before = _answers(world)
        world.heal()
        world.wait_for(lambda before=before: _answers(world) > before)


def _answers(world: World) -> int:
    return sum(one.answer.startswith("Saved") for one in world.journal.entries())


@contextmanager
def nobody_served(world: World) -> Iterator[None]:
    """No machine serves without power; and what was shown while it went was never published."""
    before = [len(reader.violations) for reader in world.readers]
    yield
    _await_looks(world)
    for reader, count in zip(world.readers, before, strict=True):
        with reader.looking:  # or a look that stood still would remember what is forgotten
            del reader.violations[count:]
            reader._newest.clear()


def _await_looks(world: World) -> None:
    """Until no reader is at a look that began without power, or follows its links."""
    ends = [(reader, reader.gets + _READS) for reader in world.readers]
    world.wait_for(lambda: all(reader.gets > end for reader, end in ends))


def look_at_what_is_left(world: World) -> None:
    """Before anybody of ours has touched it: a whole ledger, and a page whole and not older."""
    with closing(sqlite3.connect(ledger(world))) as left:
        assert left.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    page = ledger(world).parent / PAGE
    for path in page.rglob("*"):
        if path.is_file() and not path.name.endswith((".duckrow-tmp", "lock")):
            _ensure_whole(path.relative_to(page).as_posix(), path.read_bytes())
    ensure_not_older(page, world.truth.rows())


def ensure_not_older(page: Path, rows: Rows) -> None:
    """Whatever every publication writes is of a change that the ledger has, and has published."""
    published = max((row["revision"] for row in rows.publication), default=0)
    for name in ALWAYS:
        stated = stated_by(name, (page / name).read_bytes())
        shown = rows.revision_of(stated or 0)
        assert shown is not None, f"{name} is of {stated}, which never was"
        assert shown >= published, f"{name} is of {shown}, and {published} was published"


def _ensure_whole(name: str, body: bytes) -> None:
    try:
        assert body
        json.loads(body) if name.endswith(".json") else stated_by(name, body)
    except (AssertionError, ValueError, ET.ParseError) as error:
        raise AssertionError(f"{name} is torn: {body[-60:]!r}") from error
