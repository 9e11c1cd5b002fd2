"""Waiting by a clock that may be set."""

from datetime import UTC, datetime, timedelta

from bot.core.waiting import is_waiting, wait_for

NOON = datetime(2013, 2, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_wait_lasts_until_it_is_over():
    wait = wait_for(MINUTE, NOON)
    assert wait.lasts(NOON)
    assert wait.lasts(NOON + MINUTE / 2)
    assert not wait.lasts(NOON + MINUTE)


def test_a_clock_that_is_set_makes_no_wait_longer():
    wait = wait_for(MINUTE, NOON)
    assert not wait.lasts(NOON - timedelta(hours=1))
    assert not wait.lasts(NOON + timedelta(hours=1))


def test_without_a_wait_nobody_waits():
    assert not is_waiting(None, NOON)
