"""How uptime is counted: by instants, once, and never upwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.incident import Author, Incident, Update
from bot.core.page import Component
from bot.core.status import ComponentStatus, Kind, Phase
from bot.core.uptime import (
    WEIGHTS,
    Spell,
    Window,
    begins,
    counting,
    floored,
    lasted,
    mean,
    record,
    spells,
)

ANA = Author("U0ANA", "Ana")
OK, CARE, SLOW, PARTIAL, DOWN = ComponentStatus
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ZERO = datetime(2026, 11, 1, tzinfo=UTC)  # a Sunday
PACIFIC = ZoneInfo("America/Los_Angeles")  # where that Sunday has 25 hours
SPAN = 3 * 24 * 60  # minutes
INSTANTS = 60_000_000  # of a minute
ZONES = [UTC, PACIFIC, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")]


def at(minute):
    return ZERO + minute * MINUTE


def incident(*told, name="a", kind=Kind.INCIDENT):
    """An incident of updates: minute, phase, what is said."""
    updates = tuple(
        Update(
            id=f"{name}{number}",
            number=number,
            phase=phase,
            text="Words.",
            author=ANA,
            created_at=at(minute),
            display_at=at(minute),
            statuses=said,
        )
        for number, (minute, phase, said) in enumerate(told, start=1)
    )
    return Incident(
        id=name,
        number=1,
        kind=kind,
        title="Trouble",
        channel="C0",
        opened_by=ANA,
        created_at=updates[0].created_at,
        updated_at=updates[-1].created_at,
        updates=updates,
    )


def component(**fields):
    made = Component("www", "www", "www", "", 1, created_at=ZERO, updated_at=ZERO)
    return replace(made, **fields)


def window(minutes=SPAN, zone=UTC, first=None):
    now = at(minutes)
    return Window(first or ZERO.astimezone(zone).date(), now.astimezone(zone).date(), now, zone)


def told(*incidents, until=SPAN):
    return [spell for one in incidents for spell in spells(one, at(until))]


def said_of(spells, start=0, end=SPAN):
    return {status: time // MINUTE for status, time in lasted(spells, at(start), at(end)).items()}


SEEN, OVER = Phase.INVESTIGATING, Phase.RESOLVED


# --- what is said, and for how long


def test_a_status_counts_until_the_next_update_that_names_the_component():
    one = incident(
        (10, SEEN, {"www": DOWN}),
        (20, Phase.IDENTIFIED, {"api": SLOW}),
        (30, Phase.MONITORING, {"www": PARTIAL}),
        (70, OVER, {"www": OK, "api": OK}),
    )
    www = [spell for spell in told(one) if spell.component_id == "www"]
    api = [spell for spell in told(one) if spell.component_id == "api"]
    assert said_of(www) == {DOWN: 20, PARTIAL: 40}
    assert said_of(api) == {SLOW: 50}


def test_what_is_open_counts_until_now():
    assert said_of(told(incident((10, SEEN, {"www": DOWN})), until=40)) == {DOWN: 30}


def test_what_has_just_begun_is_told_though_it_lasted_no_time():
    (spell,) = told(incident((40, SEEN, {"www": DOWN})), until=40)
    assert lasted([spell], at(0), at(40)) == {DOWN: timedelta(0)}
    (trouble,) = record(ZERO.date(), [spell], window(40)).troubles
    assert trouble.worst is DOWN


@pytest.mark.parametrize("said", [PARTIAL, DOWN])
def test_an_outage_that_has_just_begun_leaves_no_whole_share(said):
    just_now = told(incident((40, SEEN, {"www": said})), until=40)
    share = record(ZERO.date(), just_now, window(40)).share
    assert share is not None
    assert floored(share) == 0.9999


def test_slowness_that_has_just_begun_leaves_the_share_whole():
    just_now = told(incident((40, SEEN, {"www": SLOW})), until=40)
    assert record(ZERO.date(), just_now, window(40)).share == 1


def test_what_was_corrected_in_the_same_moment_was_never_the_case():
    one = incident((10, SEEN, {"www": DOWN}), (10, SEEN, {"www": SLOW}))
    assert said_of(told(one, until=30)) == {SLOW: 20}


def test_what_was_retracted_was_never_said():
    one = incident((10, SEEN, {"www": SLOW}), (20, SEEN, {"www": DOWN}), (60, OVER, {"www": OK}))
    first, wrong, last = one.updates
    corrected = replace(one, updates=(first, replace(wrong, retracted_at=at(30)), last))
    assert said_of(told(corrected)) == {SLOW: 50}
    gone = replace(one, updates=tuple(replace(each, retracted_at=at(30)) for each in one.updates))
    assert told(gone) == []


def test_a_maintenance_counts_while_it_runs():
    one = incident(
        (10, Phase.SCHEDULED, {"www": CARE}),
        (100, Phase.IN_PROGRESS, {}),
        (130, Phase.VERIFYING, {}),
        (160, Phase.COMPLETED, {"www": OK}),
        kind=Kind.MAINTENANCE,
    )
    assert said_of(told(one)) == {CARE: 60}


def test_after_a_reopening_only_what_is_said_again_counts():
    one = incident(
        (0, SEEN, {"www": DOWN}),
        (10, OVER, {"www": OK}),
        (20, SEEN, {}),
        (30, SEEN, {"www": PARTIAL}),
        (35, OVER, {"www": OK}),
    )
    assert said_of(told(one)) == {DOWN: 10, PARTIAL: 5}


def test_an_outage_never_counts_twice_and_no_maintenance_hides_it():
    some = [
        incident((0, SEEN, {"www": DOWN}), (60, OVER, {"www": OK}), name="a"),
        incident((30, SEEN, {"www": DOWN}), (90, OVER, {"www": OK}), name="b"),
        incident(
            (0, Phase.IN_PROGRESS, {"www": CARE}),
            (120, Phase.COMPLETED, {"www": OK}),
            name="c",
            kind=Kind.MAINTENANCE,
        ),
    ]
    assert said_of(told(*some)) == {DOWN: 90, CARE: 30}


# --- days


def test_a_day_of_daylight_saving_has_the_hours_it_has():
    one = window(zone=PACIFIC, minutes=3 * 24 * 60)
    long, after = date(2026, 11, 1), date(2026, 11, 2)
    assert [end - start for start, end in map(one.edges, (long, after))] == [25 * HOUR, 24 * HOUR]
    spring = Window(date(2026, 3, 8), date(2026, 3, 8), ZERO, PACIFIC)
    start, end = spring.edges(date(2026, 3, 8))
    assert end - start == 23 * HOUR


def test_a_day_that_the_calendar_skipped_is_no_day():
    apia = ZoneInfo("Pacific/Apia")  # crossed the date line in the night before December 31
    now = datetime(2011, 12, 31, 12, tzinfo=UTC)
    one = Spell("www", DOWN, now - 3 * 24 * HOUR, now, "a")
    kept = record(
        date(2011, 12, 28), [one], Window(date(2011, 12, 28), date(2012, 1, 1), now, apia)
    )
    assert date(2011, 12, 30) not in [trouble.date for trouble in kept.troubles]
    assert kept.counted == now - datetime(2011, 12, 28, 10, tzinfo=UTC)


def test_an_outage_over_midnight_belongs_to_both_days():
    one = incident((23 * 60, SEEN, {"www": DOWN}), (25 * 60, OVER, {"www": OK}))
    kept = record(ZERO.date(), told(one), window())
    assert [(day.date.day, day.lasted[DOWN], day.incidents) for day in kept.troubles] == [
        (1, HOUR, ("a",)),
        (2, HOUR, ("a",)),
    ]


def test_today_counts_until_now():
    kept = record(ZERO.date(), told(incident((0, SEEN, {"www": DOWN})), until=90), window(90))
    assert (kept.counted, kept.share) == (90 * MINUTE, Fraction(0))


# --- what is known


def test_nothing_is_known_before_the_start_date_whatever_was_told():
    one = component(start_date=date(2026, 11, 2))
    spell = Spell("www", DOWN, at(23 * 60), at(25 * 60), "a")
    kept = record(begins(one, window()), counting(one, [spell], window()), window())
    assert [trouble.date.day for trouble in kept.troubles] == [2]
    assert kept.counted == at(SPAN) - at(24 * 60)


def test_without_a_start_date_days_are_known_since_it_was_added():
    one = component(created_at=at(30 * 60))
    assert begins(one, window()) == date(2026, 11, 2)
    assert begins(component(created_at=ZERO - 900 * HOUR), window()) == ZERO.date()
    assert begins(component(created_at=at(SPAN) + 48 * HOUR), window()) is None


def test_an_incident_told_with_an_earlier_time_makes_its_own_days_known():
    one = component(created_at=at(50 * 60))
    spell = Spell("www", DOWN, at(60), at(120), "a")
    kept = record(begins(one, window()), counting(one, [spell], window()), window())
    assert kept.counted == 24 * HOUR + (at(SPAN) - at(48 * 60))
    assert [trouble.date.day for trouble in kept.troubles] == [1]


def test_of_what_nothing_is_known_there_is_no_share():
    assert record(None, [], window()).share is None
    assert mean([None, None]) is None


def test_a_groups_share_is_the_mean_of_what_is_known():
    assert mean([Fraction(1), None, Fraction(1, 2)]) == Fraction(3, 4)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Fraction(1), 1),
        (Fraction(99_999_999, 100_000_000), 0.9999),
        (Fraction(9998, 10_000), 0.9998),
        (Fraction(99_989, 100_000), 0.9998),
        (Fraction(0), 0),
    ],
)
def test_shares_are_rounded_down(share, said):
    assert floored(share) == said


# --- whatever happened

STATUSES = st.sampled_from(list(ComponentStatus))
PHASES = st.sampled_from([Phase.INVESTIGATING, Phase.MONITORING, Phase.RESOLVED, Phase.SCHEDULED])


@st.composite
def incidents(draw, name):
    minutes = draw(st.lists(st.integers(0, SPAN), min_size=1, max_size=5))
    phases = draw(st.lists(PHASES, min_size=len(minutes), max_size=len(minutes)))
    said = draw(st.lists(STATUSES | st.none(), min_size=len(minutes), max_size=len(minutes)))
    told = zip(sorted(minutes), phases, said, strict=True)
    return incident(
        *((minute, phase, {"www": one} if one else {}) for minute, phase, one in told), name=name
    )


LIVES = st.integers(1, 4).flatmap(
    lambda count: st.tuples(*(incidents(f"i{number}") for number in range(count)))
)


def share_of(some, zone=UTC, until=SPAN):
    first = ZERO.astimezone(zone).date()
    return record(first, told(*some, until=until), window(until, zone)).share


def said_at(some, minute):
    """The worst said of the component in that minute, found by asking each update."""
    worst = OK
    for one in some:
        before = [update for update in one.standing if update.display_at <= at(minute)]
        named = [update.statuses["www"] for update in before if update.statuses]
        if named and before[-1].phase.is_running:
            worst = max(worst, named[-1])
    return worst


@settings(max_examples=40, deadline=None)
@given(LIVES, st.sampled_from(ZONES))
@example((incident((SPAN, Phase.INVESTIGATING, {"www": PARTIAL})),), UTC)
def test_going_through_it_minute_by_minute_finds_the_same(some, zone):
    weights = {one: WEIGHTS.get(one, 0) for one in ComponentStatus}
    down = sum(weights[said_at(some, minute)] for minute in range(SPAN)) * Fraction(INSTANTS)
    if not down and weights[said_at(some, SPAN)]:
        down = Fraction(1)  # it has begun just now
    start = window(zone=zone).start
    assert share_of(some, zone) == 1 - down / ((at(SPAN) - start) // MINUTE * INSTANTS)


@settings(max_examples=100, deadline=None)
@given(LIVES, st.randoms(use_true_random=False))
def test_a_share_lies_between_none_and_all_in_whatever_order_incidents_come(some, random):
    share = share_of(some)
    shuffled = random.sample(some, len(some))
    assert 0 <= share <= 1
    assert share_of(shuffled) == share
    assert Fraction(str(floored(share))) <= share  # as it is written: a float is a little off
    assert (floored(share) == 1) == (share == 1)


@settings(max_examples=100, deadline=None)
@given(LIVES, st.data())
def test_what_is_said_to_be_worse_is_no_better(some, data):
    worse = tuple(replace(one, updates=tuple(map(worsen, one.updates))) for one in some)
    assert share_of(worse) <= share_of(some)
    fewer = data.draw(st.lists(st.sampled_from(some), unique_by=lambda one: one.id))
    assert share_of(fewer) >= share_of(some)


def worsen(update):
    order = list(ComponentStatus)
    worse = {
        id_: order[min(order.index(one) + 1, len(order) - 1)]
        for id_, one in update.statuses.items()
    }
    return replace(update, statuses=worse)


@settings(max_examples=100, deadline=None)
@given(LIVES, st.lists(st.integers(0, SPAN), max_size=6))
def test_the_parts_of_a_time_add_up_to_the_whole(some, cuts):
    spells = told(*some)
    parts = [said_of(spells, *each) for each in pairwise(sorted({0, SPAN, *cuts}))]
    whole = said_of(spells)
    assert {one: sum(part.get(one, 0) for part in parts) for one in whole} == whole


@settings(max_examples=60, deadline=None)
@given(LIVES, st.sampled_from(ZONES))
def test_the_days_add_up_to_the_whole(some, zone):
    spells = told(*some)
    kept = record(ZERO.astimezone(zone).date(), spells, window(zone=zone))
    assert dict(kept.lasted) == dict(lasted(spells, at(0), at(SPAN)))


@settings(max_examples=100, deadline=None)
@given(LIVES, st.integers(0, SPAN))
def test_it_agrees_with_what_the_incident_says_now(some, minute):
    for one in some:
        then = replace(
            one, updates=tuple(each for each in one.updates if each.display_at <= at(minute))
        )
        soon = at(minute + 1)
        now = [spell.status for spell in spells(then, soon) if spell.end == soon]
        said = [status for status in then.affecting.values() if status is not OK]
        assert now == said
