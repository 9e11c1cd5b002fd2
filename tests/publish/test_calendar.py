"""The calendar that readers subscribe to, read by a real parser and by the letter of RFC 5545."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot import commands
from bot.clock import keep_time
from bot.commands import Call
from bot.core.status import Kind, Phase
from bot.publish import calendar
from bot.publish.documents import DOCUMENTS
from tests.support.maintenance import told_of
from tests.support.telling import ANA, cause

PLAN = "schedule www class from=22:00 for=3h Moving house | We move, *slowly*; bring tea.\nSoon."
BEGINS = datetime(2013, 2, 23, 6, 0, tzinfo=UTC)
UNFIT = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
PROPERTY = re.compile(r"[A-Z-]+(;[A-Z-]+=[^:;]+)*:")


@pytest.fixture
def say(desk):
    """Types a line about maintenances."""

    keys = count(1)

    def type_(line, *, at=None):
        call = Call(f"k{next(keys)}", line, ANA, "C0", at or desk.now(), about=Kind.MAINTENANCE)
        answer = commands.run(call, desk.database)
        assert answer.saved, answer.text

    return type_


@pytest.fixture
def read(desk):
    """Publishes, and reads the calendar: its events by what they are called."""

    def events():
        desk.sync()
        return {str(event["SUMMARY"]): event for event in parsed(desk).walk("VEVENT")}

    return events


def parsed(desk):
    found = Calendar.from_ical(desk.site.read("calendar.ics"))
    assert isinstance(found, Calendar)
    assert not any(component.errors for component in found.walk())
    return found


def lines(desk):
    """The content lines, folded; each keeps the rules of the format."""
    raw = desk.site.read("calendar.ics")
    assert raw.endswith(b"\r\n")
    every = raw.removesuffix(b"\r\n").split(b"\r\n")
    for line in every:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # no character is split
    return every


def unfolded(desk):
    return b"\r\n".join(lines(desk)).replace(b"\r\n ", b"").decode().split("\r\n")


def test_a_planned_maintenance_is_an_event(desk, say, read):
    say(PLAN)
    event = read()["Moving house"]
    with desk.database.read() as ledger:
        one = ledger.incident(1)
    assert event["UID"] == f"{one.id}@127.0.0.1"
    assert (event.start, event.end) == (BEGINS, BEGINS + timedelta(hours=3))
    assert event["DESCRIPTION"] == "We move, slowly; bring tea.\nSoon."
    assert event["STATUS"] == "CONFIRMED"
    assert event["URL"] == f"http://127.0.0.1:8000/incidents/{one.id}/"
    assert event.categories == ["www", "class"]
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == one.updated_at.replace(microsecond=0)
    assert event["TRANSP"] == "TRANSPARENT"


def test_the_calendar_says_what_it_is_and_how_often_to_ask(desk, say, read):
    say(PLAN)
    read()
    found = parsed(desk)
    assert found["VERSION"] == "2.0"
    assert found["PRODID"]
    assert found["X-WR-CALNAME"] == found["NAME"] == "Coursera: Maintenance"
    assert found["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    (declared,) = (one for one in DOCUMENTS if one.path == "calendar.ics")
    assert declared.content_type == "text/calendar; charset=utf-8"


def test_a_calendar_without_events_still_holds_a_component(desk, read):
    desk.sync()
    assert read() == {}
    assert [component.name for component in parsed(desk).subcomponents] == ["VTIMEZONE"]


def test_every_line_keeps_the_format(desk, say, read):
    say(PLAN.replace("Moving house", f"Ümzug 🦆 {'wörd ' * 30}"))
    read()
    for line in unfolded(desk):
        assert PROPERTY.match(line), line


def test_each_change_raises_the_sequence_and_keeps_the_uid(desk, say, read):
    seen = []

    def look():
        (event,) = read().values()
        seen.append((int(event["SEQUENCE"]), str(event["UID"])))
        return event

    say(PLAN)
    look()
    for line in ("update One more thing.", "extend until=2013-02-23T03:00", "edit Other words.",
                 "rename #1 Moving on", "start", "retract", "cancel"):  # fmt: skip
        say(line)
        look()
    sequences = [sequence for sequence, _ in seen]
    assert sequences == sorted(set(sequences))
    assert len({uid for _, uid in seen}) == 1


def test_an_extended_maintenance_moves_its_event(desk, say, read):
    say(PLAN)
    say("extend until=2013-02-23T03:00")
    event = read()["Moving house"]
    assert event.end == BEGINS + timedelta(hours=5)
    assert "2013-02-23 03:00 PST" in event["DESCRIPTION"]


def test_a_cancelled_one_stays_and_says_so(desk, say, read):
    say(PLAN)
    say("cancel The machines are late.")
    event = read()["Moving house"]
    assert event["STATUS"] == "CANCELLED"
    assert event["DESCRIPTION"] == "The machines are late."


def test_a_withdrawn_one_stays_cancelled_and_says_nothing_else(desk, say, read):
    say(PLAN)
    before = read()["Moving house"]
    say("retract #1")
    (event,) = read().values()
    assert (event["UID"], event["STATUS"]) == (before["UID"], "CANCELLED")
    assert (event.start, event.end) == (before.start, before.end)
    assert "Moving" not in desk.site.read("calendar.ics").decode()
    assert "CATEGORIES" not in event
    assert int(event["SEQUENCE"]) > int(before["SEQUENCE"])


def test_one_that_ran_is_no_cancelled_one(desk, say, read):
    say(PLAN)
    keep_time(desk.database)(BEGINS + timedelta(hours=4))
    assert read()["Moving house"]["STATUS"] == "CONFIRMED"


def test_work_begun_and_over_before_its_time_is_no_appointment_any_more(desk, say, read):
    say("schedule from=2013-02-26T22:00 for=3h Moving house | Text.")
    say("start")
    begun = desk.now() - timedelta(minutes=1)
    event = read()["Moving house"]
    assert (event.start, event.end) == (begun, BEGINS + timedelta(days=4, hours=3))
    say("verify")
    say("complete", at=begun + timedelta(minutes=30))
    event = read()["Moving house"]
    assert (event.start, event.end) == (begun, begun + timedelta(minutes=30))
    assert event["STATUS"] == "CONFIRMED"
    (planned,) = desk.site.json("api/v2/scheduled-maintenances.json")["scheduled_maintenances"]
    assert planned["scheduled_for"].startswith("2013-02-26T22:00")


def test_what_ends_as_it_begins_still_ends_later(desk, say, read):
    say(PLAN)
    now = desk.now()
    say("start", at=now)
    say("complete", at=now)
    event = read()["Moving house"]
    assert (event.start, event.end) == (now, now + timedelta(seconds=1))


def test_what_runs_on_past_its_window_reaches_to_the_last_change(desk, say, read):
    say(PLAN)
    keep_time(desk.database)(BEGINS + timedelta(hours=3))
    say("retract #1", at=BEGINS + timedelta(hours=5))
    event = read()["Moving house"]
    assert (event.start, event.end) == (BEGINS, BEGINS + timedelta(hours=5))


@given(
    running=st.lists(st.integers(-9000, 9000), max_size=3).map(sorted),
    over=st.booleans(),
    later=st.integers(0, 9000),
)
def test_every_event_ends_later_than_it_begins(running, over, later):
    moments = [BEGINS + timedelta(seconds=at) for at in (-9000, *running)]
    newest = moments[-1] + timedelta(seconds=later)
    told = [(Phase.SCHEDULED, moments[0]), *((Phase.IN_PROGRESS, at) for at in moments[1:])]
    if over:
        told.append((Phase.COMPLETED, newest))
    begins, ends = calendar.appointed(told_of(told, BEGINS), newest)
    assert ends >= begins + timedelta(seconds=1)
    if running:
        assert begins == moments[1]
    if running and over:
        assert ends == max(newest, begins + timedelta(seconds=1))


def test_what_is_older_than_a_year_has_left_it(desk, say, read):
    say(PLAN)
    keep_time(desk.database)(BEGINS + timedelta(days=300))
    assert "Moving house" in read()
    keep_time(desk.database)(BEGINS + timedelta(days=400))
    assert read() == {}


def test_the_newest_fifty_are_kept_and_all_that_is_to_come(desk, say, read, monkeypatch):
    monkeypatch.setattr("bot.publish.site.API_INCIDENTS", 2)
    monkeypatch.setattr("bot.publish.calendar.API_INCIDENTS", 2)
    for number in range(4):
        say(f"schedule from=22:0{number} for=10min Over {number} | Text.")
    for number in range(3):
        say(f"schedule from=2013-02-27T22:00 for=1h Coming {number} | Text.")
    keep_time(desk.database)(BEGINS + timedelta(days=1))
    for number in range(3):
        say(f"schedule from=2013-02-28T22:00 for=1h Withdrawn | Text {number}.", at=BEGINS)
        say(f"retract #{number + 8}", at=BEGINS)
    names = list(read())
    assert {name for name in names if "Coming" in name} == {f"Coming {n}" for n in range(3)}
    assert len([name for name in names if "Over" in name]) <= 2


def test_incidents_are_no_events_and_leave_all_but_its_revision_alone(desk, say, read):
    def but_for_the_revision():
        body, number = re.subn(rb"X-DUCKROW-REVISION:\d+\r\n", b"", desk.site.read("calendar.ics"))
        assert number == 1
        return body

    say(PLAN)
    read()
    before = but_for_the_revision()
    with desk.database.telling(cause("settings", at=desk.now())) as ledger:
        ledger.configure(about="Other words.")
    read()
    assert but_for_the_revision() == before


def kept(value):
    """The text as calendars can hold it."""
    return "\n".join(UNFIT.sub("\ufffd", line) for line in value.splitlines())


hostile = st.text(st.characters(exclude_categories=()), max_size=200)


@given(hostile)
def test_any_text_comes_back_from_a_real_parser(value):
    body = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20130222T200000Z", "DTSTART:20130222T200000Z"]
    every = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *body, f"SUMMARY:{calendar.text(value)}"]
    raw = "".join(map(calendar.folded, [*every, "END:VEVENT", "END:VCALENDAR"])).encode()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    (event,) = Calendar.from_ical(raw).walk("VEVENT")
    assert str(event["SUMMARY"]) == kept(value)


@given(st.lists(hostile, min_size=1, max_size=4))
def test_any_name_is_one_category(names):
    line = f"CATEGORIES:{','.join(map(calendar.text, names))}"
    raw = "".join(map(calendar.folded, ["BEGIN:VEVENT", "UID:1", line, "END:VEVENT"])).encode()
    (event,) = Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{raw.decode()}END:VCALENDAR\r\n").walk(
        "VEVENT"
    )
    assert isinstance(event, Event)
    assert event.categories == [kept(name) for name in names]
