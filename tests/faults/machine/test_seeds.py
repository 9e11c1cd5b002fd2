"""Power losses find what forgets to fsync."""

from dataclasses import replace
from random import Random

import pytest

from tests.faults.invariants import Evidence, durable
from tests.faults.machine.power import power_loss_on_xfs
from tests.faults.place import Servers
from tests.faults.scenario import in_world
from tests.faults.world import ONE, Setup

_ROUNDS = 30


def _first_found(servers: Servers, seed: str) -> str:
    """What is wrong after some power losses, with a bug planted; empty when nothing was found."""
    planted: Setup = (f"tests.faults.machine.seeds:{seed}", {})
    with (
        in_world(power_loss_on_xfs, ONE, servers, seed=1, setups=[planted]) as world,
        world.typing(every=0.05),
    ):
        random = Random(1)
        for _ in range(_ROUNDS):
            try:
                power_loss_on_xfs.inject(world, 1, random)
            except AssertionError as found:
                return str(found)
            entries = [replace(one) for one in world.journal.entries()]  # as of before the rows
            if lost := list(durable(Evidence(entries, world.truth.rows()))):
                return str(lost[0])
    return ""


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ("rename_without_fsync", ("torn",)),
        ("commit_without_fsync", ("lost", "which never was")),  # or the page speaks of it first
    ],
)
def test_a_missing_fsync_is_found(
    fault_servers: Servers, seed: str, words: tuple[str, ...]
) -> None:
    found = _first_found(fault_servers, seed)
    assert any(one in found for one in words)
