"""PostgreSQL breaks, as briefly as the suite can afford; the long ones are `make faults N=1000`."""

from tests.faults.postgres import scenarios as faults
from tests.faults.postgres.stale import stale_promotions
from tests.faults.scenario import short
from tests.faults.world import MANY

test_a_failover_loses_nothing_that_was_acknowledged = short(faults.failovers, MANY)
test_what_the_standby_did_not_confirm_is_not_acknowledged = short(faults.frozen_standbys, MANY)
test_a_commit_that_was_cancelled_is_not_acknowledged = short(faults.cancelled_commits, MANY)
test_a_stale_standby_takes_back_what_was_published = short(stale_promotions, MANY)
test_an_old_primary_that_is_back_saves_nothing = short(faults.old_primaries, MANY)
test_sessions_that_end_at_any_stage_double_and_lose_nothing = short(faults.ended_sessions, MANY)
test_a_switchover_in_good_order_loses_nothing = short(faults.switchovers, MANY)
test_a_server_without_room_is_an_honest_refusal = short(faults.full_servers, MANY)
test_locks_that_others_hold_are_an_honest_refusal = short(faults.held_locks, MANY)
