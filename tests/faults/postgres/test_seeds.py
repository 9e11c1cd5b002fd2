"""Lies about what was saved, planted one at a time: the scenarios must catch each."""

from random import Random

import pytest

from tests.faults.postgres.scenarios import frozen_standbys
from tests.faults.scenario import in_world
from tests.faults.world import MANY, Setup

RUNS = {"commit_locally": 1, "believe_what_was_cancelled": 3}  # the third run is cancelled


@pytest.mark.parametrize("seed", RUNS)
def test_the_seed_is_caught(seed, fault_servers):
    setup: Setup = (f"tests.faults.postgres.setups:{seed}", {})
    with (
        in_world(frozen_standbys, MANY, fault_servers, seed=1, setups=(setup,)) as world,
        world.typing(every=0.1),
        pytest.raises(AssertionError, match="on one server only"),
    ):
        frozen_standbys.inject(world, RUNS[seed], Random(1))
