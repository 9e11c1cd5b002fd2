"""Times and spans in the words of the page."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.publish import times

MOMENT = datetime(2013, 2, 22, 19, 40, 7, 5000, tzinfo=UTC)
PACIFIC = ZoneInfo("America/Los_Angeles")


def test_a_moment_is_told_with_its_day_year_and_zone():
    assert times.full(MOMENT, PACIFIC) == "Friday, February 22, 2013, 11:40 PST"
    assert times.clock(MOMENT, PACIFIC) == "11:40 PST"
    assert times.machine(MOMENT, PACIFIC) == "2013-02-22T11:40:07-08:00"


def test_a_zone_without_letters_is_told_by_its_offset():
    assert times.clock(MOMENT, ZoneInfo("America/Sao_Paulo")) == "16:40 UTC-03"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "2013-02-22T19:40:07.005Z"),
        ("Etc/UTC", "2013-02-22T19:40:07.005Z"),
        ("Europe/London", "2013-02-22T19:40:07.005+00:00"),
        ("Asia/Kathmandu", "2013-02-23T01:25:07.005+05:45"),
    ],
)
def test_stamps_carry_milliseconds_and_offset(zone, said):
    assert times.stamp(MOMENT, ZoneInfo(zone)) == said
    assert datetime.fromisoformat(said) == MOMENT


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ((2013, 2, 21), (2013, 2, 21), "Thursday, February 21, 2013"),
        ((2013, 2, 8), (2013, 2, 19), "February 8 – 19, 2013"),
        ((2013, 2, 24), (2013, 3, 3), "February 24 – March 3, 2013"),
        ((2012, 12, 28), (2013, 1, 3), "December 28, 2012 – January 3, 2013"),
    ],
)
def test_runs_of_days(first, last, said):
    assert times.days(date(*first), date(*last)) == said


@pytest.mark.parametrize(
    ("lasted", "said"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=42), "42 min"),
        (timedelta(hours=3, minutes=30), "3 h 30 min"),
        (timedelta(hours=7), "7 h"),
        (timedelta(days=2, hours=3, minutes=9), "2 d 3 h"),
        (timedelta(days=1, minutes=9), "1 d"),
    ],
)
def test_spans_as_people_say_them(lasted, said):
    assert times.span(lasted) == said
