"""A clock that was set: the marker is looked at, and the page is behind, by the new time."""

import errno
import os
from datetime import timedelta

import pytest

from bot.publish import TargetError
from tests.support.telling import NOON, open_incident


def test_a_marker_of_a_clock_that_was_ahead_is_checked_at_once(desk):
    open_incident(desk.database)
    desk.publisher.sync(NOON)
    assert desk.publisher.sync(NOON - timedelta(hours=1))
    assert desk.site.marker["checked_at"] < "2013-02-22T19:01:00"


def test_a_page_is_behind_since_now_at_the_latest_when_the_clock_was_set_back(desk, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "full")

    open_incident(desk.database)
    monkeypatch.setattr(os, "fsync", full)
    for now in (NOON, NOON - timedelta(hours=1)):
        with pytest.raises(TargetError):
            desk.publisher.sync(now)
        assert desk.publication().behind_since == now
