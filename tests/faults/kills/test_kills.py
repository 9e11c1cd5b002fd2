"""Kills and pauses, fewer than `make faults` does; the long ones are `make faults N=1000`."""

from tests.faults.kills.scenarios import kills, pauses
from tests.faults.scenario import short
from tests.faults.world import MANY, MANY_BOTH, ONE, ONE_SOCKET

test_kills_of_one_process_lose_double_and_reorder_nothing = short(kills, ONE, runs=50)
test_kills_lose_double_and_reorder_nothing_in_socket_mode = short(kills, ONE_SOCKET, runs=20)
test_kills_of_four_processes_lose_double_and_reorder_nothing = short(kills, MANY, runs=50)
test_kills_of_four_processes_with_two_targets = short(kills, MANY_BOTH, runs=50)
test_a_stale_publisher_and_a_stale_poster_do_no_harm = short(pauses, MANY)
