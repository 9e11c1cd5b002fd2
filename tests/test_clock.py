"""The clock: maintenances begin and end by themselves, once, and nobody is contradicted."""

from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot import commands
from bot.clock import keep_time
from bot.commands import Call
from bot.core.status import Kind, Phase
from storage import schema
from storage.database import Database
from storage.ledger import PROGRAM
from tests.support.telling import ANA, NOON, cause, new_database, open_incident

BEGINS = datetime(2013, 2, 23, 6, 0, tzinfo=UTC)  # 22:00 in the page's zone
ENDS = BEGINS + timedelta(hours=3)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class Desk:
    """A ledger, its clock, and somebody who types about maintenances."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tick = keep_time(database)
        self._keys = count(1)

    def say(self, line, at):
        call = Call(f"k{next(self._keys)}", line, ANA, "C0", at, about=Kind.MAINTENANCE)
        answer = commands.run(call, self.database)
        assert answer.saved, answer.text

    def plan(self, begins="22:00", length="3h"):
        self.say(f"schedule www from={begins} for={length} Moving house | We move.", NOON)

    def one(self, number=1):
        with self.database.read() as ledger:
            return ledger.incident(number)

    @property
    def revision(self):
        with self.database.read() as ledger:
            return ledger.page.revision

    def phases(self, number=1):
        return [update.phase for update in self.one(number).standing]

    def changes(self):
        with self.database.read() as ledger:
            found = ledger.connection.execute(schema.change.select().order_by("revision")).all()
        return [row.key for row in found if row.what == "clock"]


@pytest.fixture
def either(database_url):
    """Once on SQLite, once on PostgreSQL."""
    database = new_database(database_url)
    yield Desk(database)
    database.close()


@pytest.fixture
def desk(sqlite_url):
    database = new_database(sqlite_url)
    yield Desk(database)
    database.close()


def test_a_maintenance_begins_and_ends_by_itself_once(either):
    either.plan()
    planned = either.revision
    assert not either.tick(BEGINS - SECOND)
    assert either.tick(BEGINS)
    assert not either.tick(BEGINS + SECOND)
    assert either.one().affecting
    assert not either.tick(BEGINS + timedelta(hours=1))
    assert either.tick(ENDS)
    assert not either.tick(ENDS + SECOND)
    assert either.phases() == [Phase.SCHEDULED, Phase.IN_PROGRESS, Phase.COMPLETED]
    assert either.revision == planned + 2
    assert not either.one().is_cancelled


def test_what_the_clock_says_is_said_by_the_program_and_told_in_time_is_not_backdated(desk):
    desk.plan()
    desk.tick(BEGINS + SECOND)
    told = desk.one().updates[-1]
    assert told.author == PROGRAM
    assert (told.display_at, told.created_at) == (BEGINS, BEGINS + SECOND)
    assert not told.is_backdated


def test_the_clock_speaks_the_pages_language(desk):
    with desk.database.telling(cause("settings")) as ledger:
        ledger.configure(language="de")
    desk.plan()
    desk.tick(ENDS)
    assert desk.one().updates[-1].text == "Die geplante Wartung ist abgeschlossen."


def test_told_late_both_edges_are_told_in_order_each_at_its_own_time(either):
    either.plan()
    late = ENDS + timedelta(hours=5)
    assert either.tick(late)
    assert not either.tick(late)
    _, began, ended = either.one().updates
    assert (began.phase, ended.phase) == (Phase.IN_PROGRESS, Phase.COMPLETED)
    assert (began.display_at, ended.display_at) == (BEGINS, ENDS)
    assert late <= began.created_at < ended.created_at
    assert began.is_backdated


def test_several_are_told_in_the_order_of_their_times(desk):
    desk.plan(begins="23:00", length="30min")
    desk.plan(begins="22:00", length="3h")
    desk.tick(ENDS)
    keys = [key.split(":")[1:3] for key in desk.changes() if "T" in key and key.count(":") > 3]
    first, second = desk.one(1).id, desk.one(2).id
    assert [each for each in keys if each[0] in {first, second}] == [
        [second, "in_progress"],
        [first, "in_progress"],
        [first, "completed"],
        [second, "completed"],
    ]


def test_an_extended_maintenance_ends_at_its_new_end(either):
    either.plan()
    either.tick(BEGINS)
    either.say("extend until=2013-02-23T02:00", BEGINS + MINUTE)
    assert not either.one().is_cancelled
    either.tick(ENDS)
    assert either.one().is_open
    either.tick(ENDS + timedelta(hours=1))
    assert either.phases()[-1] is Phase.COMPLETED


def test_a_window_that_was_moved_begins_at_its_new_time(desk):
    desk.plan()
    desk.say("extend from=23:00", NOON + MINUTE)
    desk.tick(BEGINS)
    assert desk.one().phase is Phase.SCHEDULED
    desk.tick(BEGINS + timedelta(hours=1))
    assert desk.one().phase is Phase.IN_PROGRESS


@pytest.mark.parametrize(
    ("lines", "phases"),
    [
        (["cancel"], [Phase.COMPLETED]),
        (["start"], [Phase.IN_PROGRESS, Phase.COMPLETED]),
        (["start", "complete"], [Phase.IN_PROGRESS, Phase.COMPLETED]),
        (["start", "verify"], [Phase.IN_PROGRESS, Phase.VERIFYING, Phase.COMPLETED]),
        (["retract"], []),
    ],
)
def test_what_was_done_by_hand_is_respected(desk, lines, phases):
    desk.plan()
    for minutes, line in enumerate(lines, start=1):
        desk.say(line, NOON + timedelta(minutes=minutes))
    desk.tick(BEGINS)
    desk.tick(ENDS)
    assert desk.phases() == ([Phase.SCHEDULED, *phases] if phases else [])


def test_a_start_taken_back_is_not_told_again_and_the_end_says_it_never_was(desk):
    desk.plan()
    desk.tick(BEGINS)
    desk.say("retract", BEGINS + MINUTE)
    assert not desk.tick(BEGINS + 2 * MINUTE)
    assert desk.one().phase is Phase.SCHEDULED
    desk.tick(ENDS)
    assert desk.one().is_cancelled
    assert desk.one().updates[-1].text == "This maintenance will not take place."


def test_an_end_taken_back_is_told_again_only_at_a_new_end(desk):
    desk.plan()
    desk.tick(BEGINS)
    desk.tick(ENDS)
    desk.say("retract", ENDS + MINUTE)
    midnight_passed = desk.tick(ENDS + 2 * MINUTE)
    assert not midnight_passed
    assert desk.one().phase is Phase.IN_PROGRESS
    desk.say("extend #1 until=03:00", ENDS + 3 * MINUTE)
    desk.tick(ENDS + timedelta(hours=2))
    assert desk.phases()[-1] is Phase.COMPLETED


def test_two_loops_at_once_tell_each_edge_once(either):
    either.plan()
    together = Barrier(2)

    def loop():
        together.wait()
        keep_time(either.database)(ENDS + MINUTE)

    threads = [Thread(target=loop) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert either.phases() == [Phase.SCHEDULED, Phase.IN_PROGRESS, Phase.COMPLETED]


def test_incidents_have_no_edges(desk):
    open_incident(desk.database, at=BEGINS)
    assert not desk.tick(BEGINS + MINUTE)


def test_a_tick_asks_two_questions_and_reads_no_history(desk):
    desk.plan()
    seen = []

    def note(connection, _cursor, statement, parameters, *_more):
        if statement.startswith("SELECT"):
            asked = connection.connection.driver_connection.execute(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
            seen.append(" ".join(row[3] for row in asked))

    event.listen(desk.database.engine, "before_cursor_execute", note)
    assert not desk.tick(NOON + MINUTE)
    event.remove(desk.database.engine, "before_cursor_execute", note)
    assert len(seen) == 2
    assert any("ix_incident_open" in plan for plan in seen)


LINES = st.sampled_from(
    ["start", "verify", "complete", "cancel", "retract", "update We go on.", "extend", "tick"]
)


@settings(max_examples=25)
@given(st.lists(st.tuples(LINES, st.integers(1, 90)), max_size=12))
def test_however_people_and_clock_take_turns_each_edge_is_told_once_and_it_ends(
    tmp_path_factory, steps
):
    database = new_database(f"sqlite:///{tmp_path_factory.mktemp('clock') / 'ledger.db'}")
    desk = Desk(database)
    desk.plan(begins="12:30", length="2h")
    now = NOON
    for number, (line, minutes) in enumerate(steps):
        now += timedelta(minutes=minutes)
        later = now + timedelta(hours=1)
        typed = f"extend until={later:%Y-%m-%dT%H:%MZ}" if line == "extend" else line
        if line != "tick":
            call = Call(f"s{number}", typed, ANA, "C0", now, about=Kind.MAINTENANCE)
            commands.run(call, database)  # saved or refused
        desk.tick(now)
        assert not desk.tick(now)
    desk.tick(now + timedelta(days=1))
    one = desk.one()
    keys = desk.changes()
    assert len(keys) == len(set(keys))
    shown = [update.display_at for update in one.standing]
    assert shown == sorted(shown)
    taken_back = [update for update in one.updates if not update.is_standing]
    assert not one.is_open or taken_back
    database.close()


def test_the_second_of_two_midnights_begins_no_other_day(desk):
    with desk.database.telling(cause("settings")) as ledger:
        ledger.configure(time_zone="America/Havana")
    midnight = datetime(2013, 11, 3, 4, 0, tzinfo=UTC)  # 00:00, and an hour later once more
    assert desk.tick(midnight)
    assert not desk.tick(midnight + timedelta(hours=1, minutes=10))
    assert desk.tick(midnight + timedelta(hours=25))
