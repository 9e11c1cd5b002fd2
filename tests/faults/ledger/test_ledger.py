"""The ledger is put back as it was, as briefly as the suite can afford."""

from tests.faults.ledger.scenarios import restored_backups
from tests.faults.scenario import short
from tests.faults.world import ONE

test_a_restored_backup_takes_back_what_was_published = short(restored_backups, ONE)
