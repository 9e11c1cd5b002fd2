"""Lies about what was saved, planted one at a time: the scenarios must catch each."""

from random import Random

import pytest

from tests.faults.postgres.place import pair_of
from tests.faults.postgres.scenarios import cancelled_commits, frozen_standbys
from tests.faults.scenario import in_world
from tests.faults.world import MANY, Setup

SEEDS = {"commit_locally": frozen_standbys, "believe_what_was_cancelled": cancelled_commits}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_seed_is_caught(seed, fault_servers):
    setup: Setup = (f"tests.faults.postgres.setups:{seed}", {})
    with (
        in_world(SEEDS[seed], MANY, fault_servers, seed=1, setups=(setup,)) as world,
        world.typing(every=0.1),
    ):
        with pytest.raises(AssertionError, match="on one server only"):
            SEEDS[seed].inject(world, 1, Random(1))
        pair_of(world).standby.thaw()  # or people would wait for their last answers
