"""Kills and pauses, as short as the suite can afford; the long ones are `make faults N=1000`."""

from tests.faults.kills.scenarios import kills, pauses
from tests.faults.scenario import short
from tests.faults.world import MANY, MANY_BOTH, ONE

test_kills_of_one_process_lose_double_and_reorder_nothing = short(kills, ONE)
test_kills_of_four_processes_lose_double_and_reorder_nothing = short(kills, MANY)
test_kills_of_four_processes_with_two_targets = short(kills, MANY_BOTH)
test_a_stale_publisher_and_a_stale_poster_do_no_harm = short(pauses, MANY)
