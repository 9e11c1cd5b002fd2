"""A clock that was set: the marker is looked at, and the page is behind, by the new time."""

import errno
import json
import os
from contextlib import closing
from datetime import timedelta

import pytest

from bot.core.status import Phase
from bot.emergency import Look, make_anew, publish, read_notice, read_targets
from bot.publish import PublishError, TargetError, open_target
from bot.publish.renderer import built_in
from storage.database import Database
from tests.support.copies import copy_of
from tests.support.telling import NOON, a_page, edit, open_incident, tell

IN_A_YEAR = NOON + timedelta(days=365)


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


def marked(desk, **said):
    file = desk.root / ".duckrow/revision.json"
    file.write_text(json.dumps(desk.site.marker | said))


@pytest.fixture
def ahead(desk, tmp_path):
    """A copy of the ledger; the page went on, published by a machine whose clock is wrong."""
    open_incident(desk.database, at=NOON)
    desk.publisher.sync(NOON)
    with closing(copy_of(desk.database, tmp_path / "copy.db")) as copy:
        for text in ("Told in a year.", "And more."):
            tell(desk.database, 1, text=text, at=IN_A_YEAR)
        edit(desk.database, 1, "And more, corrected.", at=IN_A_YEAR)
        desk.publisher.sync(IN_A_YEAR)
        yield copy


def test_a_page_of_a_clock_that_was_a_year_ahead_is_taken_back_as_told_now(desk, ahead):
    desk.database = ahead
    now = NOON + timedelta(hours=1)
    assert desk.new_publisher().sync(now)
    assert "The clock of whoever published it was ahead" in desk.publication().recovered
    done = tell(ahead, 1, Phase.RESOLVED, at=now + timedelta(minutes=1))
    assert [one.text for one in done.updates[1:3]] == ["Told in a year.", "And more, corrected."]
    times = [at for one in done.updates for at in (one.created_at, one.display_at)]
    assert max(times) == now + timedelta(minutes=1)
    assert times == sorted(times)
    assert desk.new_publisher().sync(now + timedelta(minutes=2))
    assert desk.site.marker["time"] < "2013-02-22T21:02"


def test_an_emergency_is_told_now_on_a_page_of_a_clock_that_was_ahead(desk, ahead):
    now = NOON + timedelta(hours=1)
    shown, failed = read_targets([open_target(str(desk.root))], now)
    assert failed == []
    notice = read_notice("Outage | We are down.", {}, now)
    (told,) = publish(shown, notice, Look(a_page(), built_in(), ()), now)
    assert told.trouble == ""
    assert "We are down." in desk.site.home.text
    assert desk.site.marker["time"] < "2013-02-22T21:01"


def test_a_ledger_that_is_made_anew_of_it_does_not_live_in_the_future(desk, ahead, tmp_path):
    now = NOON + timedelta(hours=1)
    shown, _ = read_targets([open_target(str(desk.root))], now)
    with closing(Database(f"sqlite:///{tmp_path / 'new.db'}")) as empty:
        empty.migrate()
        empty.begin(a_page())
        assert "was ahead" in make_anew(empty, shown, now)
        later = now + timedelta(minutes=1)
        assert tell(empty, 1, Phase.RESOLVED, at=later).updated_at == later


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_time_that_no_clock_tells_brings_nothing_back(desk, ahead, time):
    marked(desk, time=time)
    desk.database = ahead
    with pytest.raises(PublishError, match="its marker is not one of ours"):
        desk.new_publisher().sync(NOON)
