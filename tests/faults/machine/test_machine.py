"""The machine's faults, each as often as the suite has time for, on SQLite with one process."""

from random import Random
from typing import Any

import pytest

from tests.faults.machine import day, limits, power, scenarios, seasons
from tests.faults.place import Servers
from tests.faults.scenario import Scenario, in_world, short
from tests.faults.world import ONE, Setup


def _in_turn(*several: Scenario) -> Any:
    """One world, which is the first one's, for scenarios that want the same: a start is dear."""

    def test(fault_servers: Servers) -> None:
        with in_world(several[0], ONE, fault_servers, seed=1) as world:
            with world.reading():
                with world.typing(every=several[0].every):
                    for one in several:
                        one.inject(world, one.short, Random(1))
                        world.heal()
                world.settle()
            assert world.violations() == []

    test.__doc__ = "; ".join(one.what for one in several)
    return pytest.mark.timeout(900)(test)


test_small_disks = _in_turn(scenarios.full_disk, scenarios.read_only_page)
test_dying_disk_of_the_ledger = short(scenarios.dying_disk_of_the_ledger, ONE)
test_failing_calls = short(scenarios.failing_calls, ONE)
test_lost_and_locked_ledgers = _in_turn(
    scenarios.locked_ledger, scenarios.missing_ledger, scenarios.ruined_ledger
)
test_descriptors = _in_turn(
    limits.no_descriptors, limits.few_descriptors, limits.scarce_descriptors
)
test_no_memory = short(limits.no_memory, ONE)
test_clocks = _in_turn(seasons.seasons, scenarios.clock_jumps)
test_simulated_day = short(day.simulated_day, ONE)


def test_a_leak_at_each_look_at_the_page_is_found(fault_servers: Servers) -> None:
    leak: Setup = ("tests.faults.machine.children:leak", {"size": 400_000, "every": 4})
    with (
        in_world(day.simulated_day, ONE, fault_servers, seed=1, setups=[leak]) as world,
        world.typing(every=1.0),
        pytest.raises(AssertionError, match="descriptors, memory, MB: "),
    ):
        day.pass_hours(world, 8)


test_power_loss_on_ext4 = short(power.power_loss_on_ext4, ONE)
test_power_loss_on_xfs = short(power.power_loss_on_xfs, ONE)
