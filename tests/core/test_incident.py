"""What may follow what in an incident, and what it says of itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import Refusal
from bot.core.incident import Author, Change, Incident, Update
from bot.core.status import ComponentStatus, Impact, Kind, Phase

ANA = Author("U0ANA", "Ana")
NINE = datetime(2013, 2, 22, 17, 0, tzinfo=UTC)  # 09:00 in Los Angeles
OK, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE
SLOW = ComponentStatus.DEGRADED_PERFORMANCE


def update(number, phase=Phase.INVESTIGATING, *, hours=0, statuses=None, impact=None):
    at = NINE + timedelta(hours=hours)
    return Update(
        id=f"update{number}",
        number=number,
        phase=phase,
        text="Words.",
        author=ANA,
        created_at=at,
        display_at=at,
        statuses=statuses or {},
        impact=impact,
    )


def incident(*updates):
    return Incident(
        id="abcdefghijkl",
        number=12,
        kind=Kind.INCIDENT,
        title="Site Outage",
        channel="C0INCIDENTS",
        opened_by=ANA,
        created_at=NINE,
        updated_at=NINE,
        updates=updates or (update(1, statuses={"www": DOWN}),),
    )


def test_posts_are_titled_as_the_first_page_titled_them():
    told = incident().accept(update(2, hours=1)).accept(update(3, Phase.RESOLVED, hours=2))
    headings = [told.heading(one) for one in told.standing]
    assert headings == ["Site Outage", "Site Outage Update", "Site Outage Conclusion"]


def test_a_repeated_phase_is_labelled_update():
    told = incident().accept(update(2)).accept(update(3, Phase.IDENTIFIED)).accept(update(4))
    labels = [told.label(one) for one in told.standing]
    assert labels == ["Investigating", "Update", "Identified", "Investigating"]


def test_nothing_follows_a_resolve_but_a_reopening():
    over = incident().accept(update(2, Phase.RESOLVED))
    with pytest.raises(Refusal, match="#12 is already resolved") as refused:
        over.accept(update(3))
    assert "reopen #12" in refused.value.remedy
    assert over.accept(update(3), reopening=True).is_open


def test_what_is_open_cannot_be_reopened():
    with pytest.raises(Refusal, match="open already"):
        incident().accept(update(2), reopening=True)


def test_an_update_is_not_shown_before_the_one_it_follows():
    told = incident().accept(update(2, hours=2))
    with pytest.raises(Refusal, match=r"update 2 of #12, shown at 2013-02-22 11:00 PST"):
        told.accept(update(3, hours=1), zone=ZoneInfo("America/Los_Angeles"))
    assert told.accept(update(3, hours=2)).shown_at == NINE + timedelta(hours=2)


def test_a_retracted_update_no_longer_bounds_the_next():
    late = replace(update(2, hours=5), retracted_at=NINE)
    told = incident(update(1), late).accept(update(3, hours=1))
    assert [one.number for one in told.standing] == [1, 3]


def test_a_withdrawn_report_is_over_and_takes_no_more():
    withdrawn = incident(replace(update(1, statuses={"www": DOWN}), retracted_at=NINE))
    assert withdrawn.is_withdrawn
    assert (withdrawn.phase, withdrawn.impact) == (Phase.RESOLVED, Impact.NONE)
    assert not withdrawn.statuses
    with pytest.raises(Refusal, match="withdrawn"):
        withdrawn.accept(update(2), reopening=True)


def test_a_withdrawn_report_is_shown_when_the_last_of_it_was_taken_back():
    first = replace(update(1), retracted_at=NINE + timedelta(hours=5))
    second = replace(update(2, hours=1), retracted_at=NINE + timedelta(hours=4))
    withdrawn = incident(first, second)
    assert withdrawn.shown_at == withdrawn.ended_at == NINE + timedelta(hours=5)


def test_changes_are_computed_from_what_was_said_before():
    second = update(2, statuses={"www": SLOW, "class": DOWN})
    told = incident().accept(second)
    assert told.changes(second) == (Change("www", DOWN, SLOW), Change("class", OK, DOWN))


def test_resolving_clears_every_component_it_ever_named():
    told = incident().accept(update(2, statuses={"class": SLOW}))
    assert told.all_clear() == {"www": OK, "class": OK}


def test_impact_is_the_worst_of_its_whole_life_unless_set_by_hand():
    told = incident().accept(update(2, statuses={"www": SLOW}))
    assert told.impact is Impact.CRITICAL
    assert told.accept(update(3, impact=Impact.MINOR)).impact is Impact.MINOR
    assert incident(update(1)).impact is Impact.MINOR


def test_it_ends_with_its_last_resolve():
    told = incident().accept(update(2, Phase.RESOLVED, hours=3))
    assert told.ended_at == NINE + timedelta(hours=3)
    assert told.accept(update(3, hours=4), reopening=True).ended_at is None


def test_a_scheduled_maintenance_affects_nothing_yet():
    planned = incident(update(1, Phase.SCHEDULED, statuses={"www": SLOW}))
    assert planned.is_open
    assert not planned.affecting
    assert planned.accept(update(2, Phase.IN_PROGRESS)).affecting == {"www": SLOW}
