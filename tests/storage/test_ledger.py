"""What the ledger promises: one revision per telling, in order, and every question bounded."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.core.errors import Refusal
from bot.core.status import ComponentStatus, Impact, Kind, Phase
from storage import schema
from storage.publications import Publication
from tests.support.telling import (
    ANA,
    NOON,
    cause,
    edit,
    find,
    open_incident,
    retract,
    tell,
)

DOWN = ComponentStatus.MAJOR_OUTAGE
SLOW = ComponentStatus.DEGRADED_PERFORMANCE
OK = ComponentStatus.OPERATIONAL


def rows(database, table):
    with database.read() as ledger:
        return ledger.connection.execute(select(table)).all()


def status_of(database, slug):
    with database.read() as ledger:
        situation = ledger.situation()
        by_slug = {one.slug: situation.statuses[one.id] for one in situation.components}
    return by_slug[slug]


def test_what_was_told_is_read_back_as_it_was_said(database):
    told = open_incident(
        database, text="A *bold*\nword", statuses={"www": DOWN, "class": SLOW}, impact=Impact.MINOR
    )
    with database.read() as ledger:
        found = ledger.incident(told.number)
    assert found == told
    assert found.updates[0].text == "A *bold*\nword"
    assert list(found.updates[0].statuses.values()) == [DOWN, SLOW]
    assert found.impact is Impact.MINOR


def test_every_telling_makes_exactly_one_change_under_the_next_revision(database):
    with database.read() as ledger:
        before = ledger.page.revision
    incident = open_incident(database)
    tell(database, incident.number, Phase.IDENTIFIED)
    edit(database, incident.number, "Better words.")
    revisions = [row.revision for row in rows(database, schema.change)]
    assert revisions == list(range(1, before + 4))
    with database.read() as ledger:
        assert ledger.page.revision == before + 3
        assert ledger.change_id(ledger.page.revision) == ledger.page.change_id


def test_a_change_is_dated_after_the_one_before_even_when_the_clock_runs_back(database):
    open_incident(database, at=NOON)
    open_incident(database, at=NOON - timedelta(hours=1))
    open_incident(database, at=NOON)
    times = [row.at for row in rows(database, schema.change)]
    assert times == sorted(set(times))


def test_a_refused_telling_leaves_nothing_behind(database):
    incident = open_incident(database)
    before = rows(database, schema.change)

    def told_wrongly():
        with database.telling(cause()) as ledger:
            one = find(ledger, incident.number)
            ledger.rename(one, "Half done")
            raise Refusal("no.")

    with pytest.raises(Refusal):
        told_wrongly()
    assert rows(database, schema.change) == before
    with database.read() as ledger:
        assert ledger.incident(incident.number) == incident


def test_a_transaction_that_tells_nothing_makes_no_revision(database):
    before = len(rows(database, schema.change))
    with database.telling(cause()) as ledger:
        ledger.configure(name=ledger.page.name)
    assert len(rows(database, schema.change)) == before


def test_the_audit_says_who_and_what_it_was_before(database):
    incident = open_incident(database, "Site Outage")
    with database.telling(cause("rename")) as ledger:
        ledger.rename(find(ledger, incident.number), "Home page outage")
    last = rows(database, schema.change)[-1]
    assert (last.what, last.author_id, last.author_name) == ("rename", ANA.id, ANA.name)
    assert json.loads(last.before) == [{"incident": 1, "title": "Site Outage"}]
    assert json.loads(last.after) == [{"incident": 1, "title": "Home page outage"}]


def test_a_component_is_as_bad_as_the_worst_that_is_said_of_it_and_not_better(database):
    first = open_incident(database, statuses={"www": DOWN})
    second = open_incident(database, "Slow pages", statuses={"www": SLOW})
    assert status_of(database, "www") is DOWN
    tell(database, first.number, Phase.RESOLVED)
    assert status_of(database, "www") is SLOW  # resolving one cannot turn the other's green
    tell(database, second.number, Phase.RESOLVED)
    assert status_of(database, "www") is OK


def test_the_newest_standing_update_speaks_for_its_incident(database):
    incident = open_incident(database, statuses={"www": DOWN})
    tell(database, incident.number, statuses={"www": SLOW})
    assert status_of(database, "www") is SLOW
    retract(database, incident.number)
    assert status_of(database, "www") is DOWN


def test_retracting_a_resolve_reopens_the_incident(database):
    incident = open_incident(database, statuses={"www": DOWN})
    tell(database, incident.number, Phase.RESOLVED)
    again = retract(database, incident.number)
    assert again.is_open
    assert status_of(database, "www") is DOWN
    with database.read() as ledger:
        assert [one.number for one in ledger.situation().open] == [incident.number]


def test_retracting_the_only_update_withdraws_the_incident(database):
    incident = open_incident(database, statuses={"www": DOWN})
    withdrawn = retract(database, incident.number)
    assert withdrawn.is_withdrawn
    with database.read() as ledger:
        assert ledger.situation().open == ()
        assert ledger.newest(Kind.INCIDENT, 50) == ()
        assert ledger.shown_between(NOON - timedelta(days=1), NOON + timedelta(days=1)) == ()
        assert ledger.latest_shown(25) == (withdrawn,)  # the feed keeps it


def test_what_was_told_since_a_revision_names_all_incidents_and_months(database):
    first = open_incident(database, display_at=NOON - timedelta(days=60))
    with database.read() as ledger:
        base = ledger.page.revision
    second = open_incident(database, at=NOON)
    tell(database, first.number, at=NOON)
    with database.read() as ledger:
        told = ledger.told_since(base)
        nothing = ledger.told_since(ledger.page.revision)
    assert told.incidents == {first.id, second.id}
    assert told.months == {"2012-12", "2013-02"}
    assert not told.everything
    assert (nothing.incidents, nothing.months) == (frozenset(), frozenset())


def test_months_follow_the_pages_zone(database):
    open_incident(database, display_at=NOON.replace(month=2, day=1, hour=7))  # January 31, 23:00
    with database.read() as ledger:
        assert ledger.told_since(ledger.page.revision - 1).months == {"2013-01"}


def test_retracting_touches_the_month_it_was_shown_in(database):
    incident = open_incident(database, display_at=NOON - timedelta(days=60))
    tell(database, incident.number, at=NOON)
    with database.read() as ledger:
        base = ledger.page.revision
    retract(database, incident.number)
    with database.read() as ledger:
        assert ledger.told_since(base).months == {"2012-12", "2013-02"}


def test_changing_the_page_or_its_components_touches_everything(database):
    with database.telling(cause("settings")) as ledger:
        ledger.configure(headline="Quack.")
    with database.read() as ledger:
        assert ledger.page.headline == "Quack."
        assert ledger.told_since(ledger.page.revision - 1).everything


def test_writers_queue_so_that_revisions_commit_in_order_and_none_is_lost(database):
    def write():
        for _ in range(5):
            open_incident(database)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    changes = rows(database, schema.change)
    assert [row.revision for row in changes] == list(range(1, 22))
    assert sorted(row.number for row in rows(database, schema.incident)) == list(range(1, 21))


def test_a_reader_sees_one_state_while_others_write(database):
    with database.read() as ledger:
        before = ledger.page.revision
        open_incident(database)
        assert ledger.situation().open == ()
        assert ledger.connection.execute(select(schema.page.c.revision)).scalar() == before


def test_the_same_key_tells_only_once(database):
    def again():
        with database.telling(cause(key="T1:A1:trigger")) as ledger:
            ledger.configure(name=f"{ledger.page.name}!")

    again()
    with pytest.raises(IntegrityError):
        again()
    with database.read() as ledger:
        assert ledger.page.name == "Coursera!"


def test_all_of_history_comes_in_batches_in_the_order_of_numbers(database):
    numbers = [open_incident(database).number for _ in range(3)]
    with database.read() as ledger:
        assert [one.number for one in ledger.every_incident()] == numbers
        assert ledger.count_incidents() == 3


def test_the_neighbours_of_a_moment_are_found(database):
    early, late = NOON - timedelta(days=60), NOON
    for moment in (early, late):
        open_incident(database, display_at=moment, at=NOON)
    with database.read() as ledger:
        assert ledger.last_shown_before(late) == early
        assert ledger.first_shown_from(early + timedelta(seconds=1)) == late
        assert ledger.first_shown_from(late + timedelta(seconds=1)) is None


def test_what_the_channel_heard_is_not_the_publishers_to_say(database):
    with database.write() as ledger:
        ledger.publications.save(Publication("file:///page", revision=7))
        ledger.publications.told("file:///page", NOON)
    with database.write() as ledger:
        ledger.publications.save(Publication("file:///page", revision=8))
    with database.read() as ledger:
        found = ledger.publications.get("file:///page")
    assert (found.revision, found.told_at) == (8, NOON)


def test_a_target_that_is_no_longer_written_is_forgotten(database):
    with database.write() as ledger:
        for target in ("file:///old", "file:///new"):
            ledger.publications.save(Publication(target, revision=1))
        ledger.publications.forget_all_but(["file:///new"])
        assert [one.target for one in ledger.publications.every()] == ["file:///new"]
