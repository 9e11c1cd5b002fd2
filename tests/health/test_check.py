"""A check says since when it is so, and forgets what nobody looked at for long."""

from datetime import timedelta

from bot.health import COUNTS_FOR, Check
from bot.health.check import unknown
from tests.support.telling import NOON

SECOND = timedelta(seconds=1)


def test_before_the_first_look_nothing_is_in_order():
    assert not unknown(NOON).ok


def test_it_is_so_since_the_look_that_found_it_first():
    well = unknown(NOON).found("", NOON + SECOND)
    assert well == Check("", NOON + SECOND, NOON + SECOND)
    assert well.found("", NOON + 2 * SECOND).since == NOON + SECOND
    ill = well.found("gone", NOON + 3 * SECOND)
    assert (ill.ok, ill.since) == (False, NOON + 3 * SECOND)
    assert ill.found("still gone", NOON + 9 * SECOND).since == NOON + 3 * SECOND
    assert ill.found("", NOON + 9 * SECOND).since == NOON + 9 * SECOND


def test_a_look_that_knows_better_says_since_when():
    assert unknown(NOON).found("late", NOON, NOON - SECOND).since == NOON - SECOND


def test_what_was_found_long_ago_no_longer_counts():
    well = unknown(NOON).found("", NOON)
    assert well.as_of(NOON + COUNTS_FOR).ok
    late = well.as_of(NOON + COUNTS_FOR + SECOND)
    assert (late.ok, late.why, late.since) == (False, "nobody looked since", NOON)


def test_after_the_clock_went_back_a_look_from_the_future_does_not_count():
    well = unknown(NOON).found("", NOON)
    assert well.as_of(NOON - COUNTS_FOR).ok
    back = NOON - timedelta(hours=1)
    late = well.as_of(back)
    assert (late.ok, late.why, late.since) == (False, "nobody looked since", back)
    assert late.found("", back + SECOND).as_of(back + SECOND).ok
