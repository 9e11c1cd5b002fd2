"""The window of a maintenance, and the components it names, as they are typed."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.core.grammar import Arg, Command, Vocabulary, read, usage
from bot.core.status import ComponentStatus

SCHEDULE = Command(
    "schedule",
    "plan something",
    (
        Arg("components", "maintained", "what it touches"),
        Arg("begins", "from", "when it begins", required=True),
        Arg("ends", "until", "when it ends"),
        Arg("lasts", "for", "how long it takes"),
        Arg("title", "title", "the title", required=True),
        Arg("text", "text", "what readers will see", required=True),
    ),
    "schedule www from=22:00 for=2h Title | Text",
    print,
)
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2013, 2, 22, 9, 30, tzinfo=UTC)  # 10:30 in Berlin
NAMES = {"www": "Home page", "class": "Class", "at-night": "Night shift"}
PAGE = Vocabulary(NAMES, BERLIN, NOW, "duckrow maintenance")
UPKEEP = ComponentStatus.UNDER_MAINTENANCE


def told(rest, page=PAGE):
    return read(SCHEDULE, rest, page)


def refused(rest, page=PAGE):
    with pytest.raises(Refusal) as refusal:
        told(rest, page)
    return refusal.value


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("www", ["www"]),
        ("WWW class", ["www", "class"]),
        ('"Home page" at-night', ["www", "at-night"]),
        ("“Night shift”", ["at-night"]),
        ("www=maintenance class", ["www", "class"]),
        ("", []),
    ],
)
def test_components_go_by_their_bare_names(typed, names):
    assert told(f"{typed} from=22:00 Title | Text")["components"] == dict.fromkeys(names, UPKEEP)


def test_after_the_window_a_components_name_is_the_titles():
    values = told("from=22:00 www moves house | Text")
    assert (values["components"], values["title"]) == ({}, "www moves house")


def test_after_two_dashes_too():
    assert told("www from=22:00 -- class from=9:00 | Text")["title"] == "class from=9:00"


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("22:00", "2013-02-22T21:00:00"),
        ("10:30", "2013-02-22T09:30:00"),
        ("2013-07-01T12:00", "2013-07-01T10:00:00"),
        ("2013-10-27T02:30", "2013-10-27T00:30:00"),  # twice that night: the earlier
        ('"2013-03-01 09:00 -0500"', "2013-03-01T14:00:00"),
        ("now", "2013-02-22T09:30:00"),
    ],
)
def test_a_time_to_come_is_read_in_the_pages_zone_and_kept_in_utc(typed, moment):
    assert told(f"from={typed} Title | Text")["begins"].isoformat() == f"{moment}+00:00"


@pytest.mark.parametrize(
    ("typed", "problem", "remedy"),
    [
        ("10:29", "10:29 is past.", "For tomorrow write from=2013-02-23T10:29."),
        ("09:29Z", "09:29Z is past.", "For tomorrow write from=2013-02-23T09:29+0000."),
        ("2012-02-22T12:00", "2012-02-22T12:00 is past.", "It is 2013-02-22T10:30 now"),
        (
            "2013-03-31T02:30",
            "there is no 02:30 on 2013-03-31 in Europe/Berlin.",
            "The clocks go forward: write from=2013-03-31T03:30.",
        ),
        ("soon", '"soon" is no time.', "Write from=09:00 for today, or from=2013-02-22T10:30."),
    ],
)
def test_a_time_that_cannot_be_is_refused(typed, problem, remedy):
    refusal = refused(f"from={typed} Title | Text")
    assert refusal.problem == problem
    assert refusal.remedy.startswith(remedy)


@given(st.integers(0, 20 * 365 * 86_400), st.sampled_from(["Europe/Berlin", "America/New_York"]))
def test_a_time_to_come_reads_back_as_it_was_typed(seconds, zone):
    page = Vocabulary(NAMES, ZoneInfo(zone), NOW, "duckrow maintenance")
    moment = (NOW + timedelta(seconds=seconds)).astimezone(page.zone)
    if moment.fold:
        return  # typed without an offset, it means the earlier
    typed = moment.strftime("%Y-%m-%dT%H:%M:%S")
    assert told(f"from={typed} Title | Text", page)["begins"] == moment


def test_what_looks_like_a_component_is_no_title():
    assert refused("wwww from=22:00 Title | Text").remedy.startswith("Did you mean www?")
    assert refused("clas from=22:00 Title | Text").problem == 'there is no component "clas".'


def test_a_maintenance_says_maintenance_of_its_components_and_nothing_else():
    assert "cannot say that www is major outage" in refused("www=down from=22:00 T | x").problem
    assert "given twice" in refused("www www=maintenance from=22:00 T | x").problem


def test_the_usage_follows_from_the_declaration():
    assert usage(SCHEDULE, "duckrow maintenance") == (
        "duckrow maintenance schedule [component ...] from=... [until=...] [for=...] title | text"
    )


PIECES = ["www", '"Home page"', "wwww", "www=maintenance", "www=down", "from=22:00", "from=9:00"]
PIECES += [
    "until=23:00",
    "for=2h",
    "for=0h",
    "for=99d999h9999m",
    "until=9998-12-31T23:59",
    "at=9:00",
]
PIECES += ["--", "|", "Title", "\n", '"', "”", "=", "<@U1>", "from=", "from=now", "\x00", "#12"]
lines = st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join)


@given(st.one_of(lines, st.text(st.characters(exclude_categories=()), max_size=60)))
def test_any_line_is_read_or_refused(line):
    with suppress(Refusal):
        values = told(line)
        assert values["begins"] >= NOW
        assert set(values["components"]) <= set(NAMES)
