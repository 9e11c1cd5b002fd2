"""Slack's faults, each as often as the suite has time for."""

from tests.faults.scenario import short
from tests.faults.slack import deaths, network, scenarios
from tests.faults.world import MANY, ONE, ONE_SOCKET

test_bad_answers_lose_double_and_reorder_nothing = short(scenarios.bad_answers, ONE)
test_a_rate_limit_is_kept_to = short(scenarios.rate_limits, ONE)
test_what_is_refused_is_told_once_that_is_put_right = short(scenarios.refusals, ONE)
test_three_calls_in_ten_that_fail_double_nothing = short(scenarios.ambiguous_calls, ONE)
test_a_call_outlives_who_sent_it_and_overtakes_nothing = short(deaths.deaths_in_mid_call, ONE)
test_mistreated_deliveries_are_saved_once = short(scenarios.deliveries, MANY)
test_sockets_that_end_in_the_middle_lose_nothing = short(scenarios.sockets, ONE_SOCKET)
test_a_slack_that_was_down_hears_all_in_order = short(scenarios.slack_is_down, ONE_SOCKET)
test_a_network_that_loses_slack_leaves_no_thread_behind = short(network.wire_to_slack, ONE_SOCKET)
test_a_network_that_loses_the_database_does_no_harm = short(network.wire_to_database, MANY)
