"""The wake-up crosses processes: what one web process saves, the worker with the turn publishes."""

import time
from contextlib import contextmanager

from bot.loop import TICK
from tests.faults.forkserver import ForkServer
from tests.faults.postgres.scenarios import lost_turns
from tests.faults.postgres.setups import ASLEEP
from tests.faults.scenario import short
from tests.faults.world import BRISK, MANY, Setup, World

NO_TICKS: Setup = ("tests.faults.postgres.setups:no_ticks", {})

test_a_worker_that_stands_still_leaves_its_turn_to_the_other = short(lost_turns, MANY)


@contextmanager
def _world(servers, folder):
    with (
        servers.place(MANY.database, MANY.targets, folder) as place,
        ForkServer() as server,
        World(folder, server, place, MANY, seed=1, setups=(BRISK, NO_TICKS)) as world,
    ):
        (folder / ASLEEP).touch()
        time.sleep(2 * TICK)
        yield world


def _opened(world, number):
    saved = world.insist("ana", f"/incident open Outage {number} | It is down.")
    assert saved.subject == f"#{number}, update 1", saved


def test_a_revision_does_not_wait_for_a_tick_whichever_process_saved_it(fault_servers, tmp_path):
    with _world(fault_servers, tmp_path) as world:
        for number in range(1, 7):  # by either web process, at random
            _opened(world, number)
            world.wait_for(world._page_is_current)
