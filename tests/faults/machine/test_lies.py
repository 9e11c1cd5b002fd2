"""After a disk that lied, what can still hold does."""

import time
from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest

from tests.faults.invariants import Evidence, durable
from tests.faults.journal import Entry, Outcome
from tests.faults.looks import doors, pure_page
from tests.faults.machine.lies import is_whole, lie_and_cut, told_by_the_page, torn
from tests.faults.machine.power import power_loss_on_xfs
from tests.faults.machine.scenarios import await_ack, await_refusal, await_told
from tests.faults.scenario import in_world
from tests.faults.world import ONE, World

_ROUNDS = 3  # until the disk has lost something


class _DamagedError(Exception):
    """The ledger is no database any more, and whoever types was told so: a copy is restored."""


def _told_so(world: World) -> list[Entry]:
    known = [replace(one) for one in world.journal.entries()]
    return [one for one in known if one.outcome is Outcome.ACKED]


def _lost(world: World, entries: list[Entry]) -> list[str]:
    return [str(one) for one in durable(Evidence(entries, world.truth.rows()))]


def _lie(world: World, seed: int) -> bool:
    """One lie and its power cut. True when that cost something that was acknowledged."""
    await_ack(world)
    before = _told_so(world)
    lie_and_cut(world, Random(seed))
    if not is_whole(world):
        world.heal()
        await_refusal(world)
        raise _DamagedError
    meanwhile = _told_so(world)
    told = told_by_the_page(world)
    assert torn(world) == []
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
    with (
        suppress(_DamagedError),
        in_world(power_loss_on_xfs, ONE, fault_servers, seed=3) as world,
        world.reading() as seen,
    ):
        with world.typing(every=0.3):
            assert any(_lie(world, seed) for seed in range(_ROUNDS)), "the disk never lied"
        world.settle()
        assert [one.violations for one in seen] == [[]]
        assert [*pure_page(world), *doors(world)] == []
