"""The machine's faults, each as often as the suite has time for, on SQLite with one process."""

from tests.faults.machine import day, power, scenarios
from tests.faults.scenario import short
from tests.faults.world import ONE

test_full_disk = short(scenarios.full_disk, ONE)
test_read_only_page = short(scenarios.read_only_page, ONE)
test_dying_disk_of_the_ledger = short(scenarios.dying_disk_of_the_ledger, ONE)
test_failing_calls = short(scenarios.failing_calls, ONE)
test_locked_ledger = short(scenarios.locked_ledger, ONE)
test_missing_ledger = short(scenarios.missing_ledger, ONE)
test_ruined_ledger = short(scenarios.ruined_ledger, ONE)
test_clock_jumps = short(scenarios.clock_jumps, ONE)
test_no_descriptors = short(scenarios.no_descriptors, ONE)
test_power_loss_on_ext4 = short(power.power_loss_on_ext4, ONE)
test_power_loss_on_xfs = short(power.power_loss_on_xfs, ONE)
test_simulated_day = short(day.simulated_day, ONE)
