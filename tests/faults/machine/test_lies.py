"""After a disk that lied, what can still hold does."""

import shutil
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.faults.invariants import Evidence, Violation, durable
from tests.faults.journal import Entry, Outcome
from tests.faults.looks import doors, pure_page
from tests.faults.machine.lies import is_whole, lie_and_cut, told_by_the_page, torn
from tests.faults.machine.places import ledger
from tests.faults.machine.power import power_loss_on_xfs
from tests.faults.machine.scenarios import await_ack, await_refusal, await_told
from tests.faults.scenario import in_world
from tests.faults.world import ONE, World

_ROUNDS = 3  # until the disk has lost something


def _told_so(world: World) -> list[Entry]:
    known = [replace(one) for one in world.journal.entries()]
    return [one for one in known if one.outcome is Outcome.ACKED]


def _lost(world: World, entries: list[Entry]) -> list[str]:
    return [str(one) for one in durable(Evidence(entries, world.truth.rows()))]


def _lie(world: World, seed: int) -> bool:
    """One lie and its power cut. True when that cost something."""
    await_ack(world)
    before, copy = _told_so(world), _copied(world)
    lie_and_cut(world, Random(seed))
    if not is_whole(world):
        _restored(world, copy)
    elif torn(world):
        _written_anew(world)
    else:
        return _gone_on_with(world, before)
    return True


def _copied(world: World) -> Path:
    copy = world.folder / "copy.db"
    with closing(sqlite3.connect(ledger(world))) as live, closing(sqlite3.connect(copy)) as to:
        live.backup(to)
    return copy


def _restored(world: World, copy: Path) -> None:
    """The ledger is no database any more, and whoever types is told so: a copy takes its place."""
    world.heal()
    await_refusal(world)
    world.processes[0].kill()
    for ending in ("-wal", "-shm"):
        Path(f"{ledger(world)}{ending}").unlink(missing_ok=True)
    shutil.copy(copy, ledger(world))
    _written_anew(world)


def _written_anew(world: World) -> None:
    """The page's files have their names and not their bytes; people can type all the same."""
    world.heal()
    await_ack(world)
    world.duckrow("publish", "--take-over")
    await_told(world)
    for reader in world.readers:  # whatever they saw meanwhile is the disk's own
        with reader.looking:
            for known in (reader.violations, reader._newest, reader._known):
                known.clear()


def _gone_on_with(world: World, before: list[Entry]) -> bool:
    """What the disk kept is whole, if older. True when something acknowledged is gone."""
    meanwhile, told = _told_so(world), told_by_the_page(world)
    assert _lost(world, before) == []  # was durable before the disk began to lie
    lost = bool(_lost(world, meanwhile))
    back = time.monotonic()
    world.heal()
    await_told(world)
    ids = {row["id"] for row in world.truth.rows().incident_update}
    assert told <= ids, "the page tells what the ledger lacks"
    assert _lost(world, [one for one in _told_so(world) if one.invoked > back]) == []
    return lost


@pytest.mark.timeout(900)
def test_what_a_lying_disk_kept_is_gone_on_with(fault_servers):
    with in_world(power_loss_on_xfs, ONE, fault_servers, seed=3) as world:
        with world.reading() as seen:
            with world.typing(every=0.3):
                assert any(_lie(world, seed) for seed in range(_ROUNDS)), "the disk never lied"
            world.settle()
        assert [one.violations for one in seen] == [[]]
        assert [*_what_readers_meet(pure_page(world)), *doors(world)] == []


def _what_readers_meet(found: Iterable[Violation]) -> list[Violation]:
    """The disk may have kept what a publication wrote aside, and not that there was one."""
    return [one for one in found if ".duckrow-tmp" not in one.what]
