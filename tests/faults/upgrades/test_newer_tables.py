"""This version's processes over a next version's tables."""

from tests.faults.scenario import short
from tests.faults.upgrades.scenarios import newer_tables
from tests.faults.world import MANY, ONE

test_one_process_goes_on_over_newer_tables = short(newer_tables, ONE)
test_several_processes_go_on_over_newer_tables = short(newer_tables, MANY)
