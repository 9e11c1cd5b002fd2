"""What can be said of maintenances on the command line, and what becomes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import commands
from bot.commands import COMMANDS, MAINTENANCE
from bot.core.grammar import help_one, help_text, split
from bot.core.incident import Change
from bot.core.status import ComponentStatus, Kind, Phase
from bot.core.text import to_plain
from tests.support.telling import NOON

TEN = datetime(2013, 2, 23, 6, 0, tzinfo=UTC)  # 22:00 that evening, in the page's zone
PLAN = "schedule www from=22:00 for=3h Moving house | We move to other machines."
SKIPPED = "there is no 02:30 on 2013-03-10 in America/Los_Angeles."
OURS = {one.name for one in MAINTENANCE} - {one.name for one in COMMANDS}
OK, UPKEEP = ComponentStatus.OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE


@pytest.fixture
def plan(desk):
    """Types a line about maintenances."""

    def say(line, **more):
        return desk.say(line, about=Kind.MAINTENANCE, **more)

    return say


def statuses(desk, number=1):
    with desk.database.read() as ledger:
        slugs = {component.id: component.slug for component in ledger.components}
        affecting = desk.incident(number).affecting
    return {slugs[component]: status for component, status in affecting.items()}


def told(desk, number=1):
    return [update.text for update in desk.incident(number).standing]


def test_a_maintenance_is_planned_with_its_window_and_components(typist):
    answer = typist.say(PLAN, about=Kind.MAINTENANCE)
    assert answer.text == "Saved as #1, update 1: Moving house is Scheduled."
    planned = typist.incident()
    assert (planned.kind, planned.phase) == (Kind.MAINTENANCE, Phase.SCHEDULED)
    assert (planned.scheduled_for, planned.scheduled_until) == (TEN, TEN + timedelta(hours=3))
    assert planned.channel == "C0INCIDENTS"
    assert list(planned.statuses.values()) == [UPKEEP]
    assert statuses(typist) == {}
    assert planned.changes(planned.updates[0]) == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("schedule from=22:00 for=2h www moves | Text", set()),
        ("schedule www class from=22:00 for=2h www moves | Text", {"www", "class"}),
        ("schedule www=maintenance from=22:00 for=2h Title | Text", {"www"}),
        ("schedule from=22:00 www=maintenance for=2h Title | Text", {"www"}),
        (
            'schedule "course-explorer" for=2h class from=22:00 Title\nText',
            {"course-explorer", "class"},
        ),
        ("PLAN www from=22:00 for=2h Title | Text", {"www"}),
    ],
)
def test_components_are_named_before_the_window_and_words_after_it_are_the_title(
    desk, plan, line, names
):
    assert plan(line).saved
    with desk.database.read() as ledger:
        slugs = {component.id: component.slug for component in ledger.components}
    assert {slugs[one] for one in desk.incident().statuses} == names
    assert desk.incident().title in {"www moves", "Title"}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("wwww from=22:00 for=2h", 'there is no component "wwww".\nDid you mean www?'),
        ("www=down from=22:00 for=2h", "a maintenance cannot say that www is major outage."),
        ("www www from=22:00 for=2h", "www is given twice."),
        ("www for=2h", "schedule needs a beginning (from=)."),
        ("www from=22:00", "schedule needs an end."),
        ("www from=22:00 until=23:00 for=2h", "until= and for= both say when it ends."),
        ("www from=22:00 until=21:00", "it would end before it begins."),
        ("www from=22:00 until=22:00", "it would end before it begins."),
        ("www from=09:00 for=2h", "09:00 is past.\nFor tomorrow write from=2013-02-23T09:00."),
        ("www from=2013-02-21T09:00 for=2h", "2013-02-21T09:00 is past.\nIt is 2013-02-22T12:10"),
        ("www from=2013-03-10T02:30 for=2h", f"{SKIPPED}\nThe clocks go forward: write from="),
        ("www from=soon for=2h", '"soon" is no time.'),
        ("www from=22:00 for=soon", '"soon" is no length of time.'),
        ("www from=22:00 for=0h", '"0h" is no length of time.'),
        ("www from=22:00 for=2h impact=minor", "schedule takes no impact=."),
        ("www from=22:00 for=2h at=09:00", "schedule takes no at=."),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_the_text_handed_back(desk, plan, arguments, problem):
    answer = plan(f"schedule {arguments} Title | Text")
    assert answer.text.startswith(f"Not saved: {problem}")
    assert f"Your text: schedule {arguments} Title | Text" in answer.text
    assert desk.incident() is None


@pytest.mark.parametrize(
    ("length", "minutes"),
    [("90min", 90), ("90m", 90), ("1h30m", 90), ('"1 h 30 min"', 90), ("2H", 120), ("1d", 1440)],
)
def test_a_length_is_said_as_people_say_it(desk, plan, length, minutes):
    plan(f"schedule from=22:00 for={length} Title | Text")
    assert desk.incident().scheduled_until == TEN + timedelta(minutes=minutes)


def test_a_time_that_comes_twice_means_the_earlier(desk, plan):
    plan("schedule from=2013-11-03T01:30 for=2h Title | Text")
    assert desk.incident().scheduled_for == datetime(2013, 11, 3, 8, 30, tzinfo=UTC)


def test_a_maintenance_may_begin_at_once(desk, plan):
    plan("schedule www from=now for=2h Title | Text")
    assert desk.incident().scheduled_for == desk.now


def test_its_components_are_under_maintenance_from_the_start_to_the_end(typist):
    def plan(line):
        return typist.say(line, about=Kind.MAINTENANCE)

    plan(PLAN)
    assert plan("start").text == "Saved as #1, update 2: Moving house is In progress."
    assert statuses(typist) == {"www": UPKEEP}
    assert plan("verify").saved
    assert statuses(typist) == {"www": UPKEEP}
    assert plan("complete All is moved.").text.endswith("Moving house is Completed.")
    assert statuses(typist) == {}
    over = typist.incident()
    changes = [over.changes(update) for update in over.standing]
    (www,) = over.statuses
    assert changes == [(), (Change(www, OK, UPKEEP),), (), (Change(www, UPKEEP, OK),)]
    assert not over.is_cancelled
    assert over.began_at == over.standing[1].display_at


def test_without_words_the_customary_sentence_is_told(desk, plan):
    plan(PLAN)
    for line in ("start", "verify", "complete"):
        plan(line)
    assert told(desk)[1:] == [
        "The scheduled maintenance is in progress. We will write here when it ends.",
        "The work is done, and we are checking that everything is well.",
        "The scheduled maintenance has been completed.",
    ]


def test_own_words_replace_the_customary_ones_and_may_be_backdated(desk, plan):
    plan(PLAN)
    plan("start at=12:11 We begin early.\nVery early.")
    told_last = desk.incident().updates[-1]
    assert told_last.text == "We begin early.\nVery early."
    assert told_last.display_at == NOON + timedelta(minutes=11)


def test_a_cancelled_maintenance_is_completed_without_ever_having_run(desk, plan):
    plan(PLAN)
    assert plan("cancel").text == "Saved as #1, update 2: Moving house is Cancelled."
    called_off = desk.incident()
    assert (called_off.phase, called_off.is_cancelled) == (Phase.COMPLETED, True)
    assert called_off.changes(called_off.updates[-1]) == ()
    assert set(called_off.statuses.values()) == {OK}
    assert told(desk)[-1] == "This maintenance will not take place."
    assert plan("start #1").text.startswith("Not saved: maintenance #1 is already cancelled.")


def test_extending_moves_the_end_and_tells_so(desk, plan):
    plan(PLAN)
    plan("start")
    assert plan("extend until=2013-02-23T02:30").saved
    longer = desk.incident()
    assert longer.scheduled_until == TEN + timedelta(hours=4, minutes=30)
    assert longer.phase is Phase.IN_PROGRESS
    assert told(desk)[-1] == "This maintenance is now planned to end at 2013-02-23 02:30 PST."
    assert statuses(desk) == {"www": UPKEEP}
    assert plan("extend from=23:00").text.startswith("Not saved: maintenance #1 has begun already.")


def test_the_new_end_may_be_given_as_the_windows_new_length(desk, plan):
    plan(PLAN)
    assert plan("extend for=4h30m").saved
    assert desk.incident().scheduled_until == TEN + timedelta(hours=4, minutes=30)
    assert plan("extend from=23:00 for=1h").saved
    assert desk.incident().scheduled_until == TEN + timedelta(hours=2)


def test_before_it_begins_the_whole_window_may_move(desk, plan):
    plan(PLAN)
    assert plan("extend #1 from=2013-02-24T22:00 until=2013-02-25T01:00 A day later.").saved
    later = desk.incident()
    assert later.scheduled_for == TEN + timedelta(days=2)
    assert (later.phase, told(desk)[-1]) == (Phase.SCHEDULED, "A day later.")
    plan("extend #1 until=2013-02-25T02:00")
    assert told(desk)[-1] == (
        "This maintenance is now planned from 2013-02-24 22:00 PST to 2013-02-25 02:00 PST."
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("extend", "extend needs a new end."),
        ("extend until=2013-02-23T01:00", "maintenance #1 is planned so already."),
        ("extend for=3h", "maintenance #1 is planned so already."),
        ("extend until=23:00 for=2h", "until= and for= both say when it ends."),
        ("extend until=21:00", "it would end before it begins."),
        ("extend from=2013-02-23T05:00", "it would end before it begins."),
        ("complete", "maintenance #1 has not begun."),
        ("verify", "maintenance #1 has not begun."),
        ("update", "update needs a text."),
        ("extend #2 until=23:00", "there is no maintenance #2."),
    ],
)
def test_what_cannot_be_said_of_a_plan_is_refused(desk, plan, line, problem):
    plan(PLAN)
    revision = desk.revision
    assert plan(line).text.startswith(f"Not saved: {problem}")
    assert desk.revision == revision


def test_what_runs_cannot_be_cancelled_or_started_but_extended_or_completed(desk, plan):
    plan(PLAN)
    plan("start")
    assert "End it with: complete #1" in plan("cancel").text
    assert "has begun already" in plan("start").text


def test_what_is_over_takes_nothing_more(desk, plan):
    plan(PLAN)
    plan("start")
    plan("complete")
    for line in ("extend #1 until=23:00", "complete #1", "cancel #1", "update #1 More."):
        assert plan(line).text.startswith("Not saved: maintenance #1 is already completed.")
    assert plan("complete").text.startswith("Not saved: no maintenance is planned or running.")


def test_a_window_that_is_over_must_move_before_the_start(desk, plan):
    plan("schedule from=22:00 for=1h Title | Text")
    desk.now += timedelta(hours=12)
    assert "Move its end first: extend #1 until=" in plan("start #1").text


def test_without_a_number_the_only_one_it_can_be_said_of_is_meant(desk, plan):
    plan(PLAN)
    plan("schedule class from=23:00 for=1h Other | Text")
    question = plan("start")
    assert question.text.startswith("Which maintenance do you mean?")
    plan("start #2")
    assert plan("complete").text.startswith("Saved as #2")
    assert plan("start").text.startswith("Saved as #1")


def test_numbers_are_shared_with_incidents_and_each_kind_keeps_to_its_words(desk, plan):
    desk.say("open www=down Site Outage | We see an outage.")
    plan(PLAN)
    answer = desk.say("resolve #2 All is well.")
    assert answer.text.startswith("Not saved: #2 is a maintenance, not an incident.")
    assert "duckrow maintenance help" in answer.text
    answer = plan("complete #1")
    assert answer.text.startswith("Not saved: #1 is an incident, not a maintenance.")
    assert "duckrow incident help" in answer.text
    assert "#2 is a maintenance" in desk.say("reopen #2 It is back.").text


def test_titles_and_texts_are_corrected_and_looked_at_whatever_it_is(desk, plan):
    plan(PLAN)
    assert desk.say("rename #1 Moving").saved
    assert plan("edit Better words.").saved
    assert told(desk) == ["Better words."]
    assert "Moving: Scheduled, planned from 2013-02-22 22:00 PST" in desk.say("show #1").text
    assert "Scheduled" in plan("timeline").text
    assert "Moving" in plan("show").text


def test_retracting_takes_the_start_back_and_then_the_whole_plan(desk, plan):
    plan(PLAN)
    plan("start")
    assert "The maintenance is Scheduled again." in plan("retract").text
    assert statuses(desk) == {}
    assert "withdrawn" in plan("retract").text
    withdrawn = desk.incident()
    assert (withdrawn.phase, withdrawn.state) == (Phase.COMPLETED, "Withdrawn")
    refused = plan("start #1").text
    assert refused.startswith("Not saved: maintenance #1 was withdrawn.")
    assert "schedule a new one" in refused


def test_lists_tell_what_is_planned_running_and_over(desk, plan):
    assert plan("list").text == "No maintenance is planned or running."
    plan(PLAN)
    assert "Scheduled, planned from 2013-02-22 22:00 PST to 2013-02-23 01:00 PST" in plan("ls").text
    assert "Maintenance:\n*#1* Moving house" in desk.say("list").text
    plan("cancel")
    assert "Over:\n*#1* Moving house: Cancelled" in plan("list").text
    assert "Moving house" not in desk.say("list").text


def test_the_same_line_again_within_two_minutes_plans_no_second_one(desk, plan):
    first, again = desk.call(PLAN, about=Kind.MAINTENANCE), desk.call(PLAN, about=Kind.MAINTENANCE)
    assert commands.run(first, desk.database).saved
    later = desk.now
    again = desk.call(PLAN, about=Kind.MAINTENANCE, at=first.at + timedelta(minutes=1))
    assert commands.run(again, desk.database).text.startswith("Already saved as #1")
    assert later > again.at


def test_the_same_words_about_an_incident_are_no_repetition(desk, plan):
    plan(PLAN)
    desk.say("open Site Outage | Text.")
    assert plan("update We are well.").text.startswith("Saved as #1")
    at = desk.now + timedelta(seconds=30)
    assert desk.say("update We are well.", at=at).text.startswith("Saved as #2")


def test_a_repeated_key_changes_nothing(desk, plan):
    plan(PLAN, key="k")
    revision = desk.revision
    assert plan(PLAN, key="k").text.startswith("Saved as #1")
    assert desk.revision == revision


@pytest.mark.parametrize("line", ["schedule www", "start #1", "extend #1", "complete", "cancel"])
def test_the_slash_command_knows_none_of_them(desk, plan, line):
    plan(PLAN)
    answer = desk.say(line)
    assert answer.text.startswith("Not saved: there is no command")
    assert not any(f"Did you mean {name}?" in answer.text for name in OURS)
    assert desk.incident().phase is Phase.SCHEDULED


def test_the_slash_commands_help_does_not_offer_them(desk):
    said = desk.say("help").text
    assert OURS
    assert not any(f"/incident {name}`" in said for name in OURS)


@pytest.mark.parametrize("command", MAINTENANCE, ids=lambda command: command.name)
def test_help_explains_each_and_its_example_is_one(desk, plan, command):
    assert f"duckrow maintenance {command.name}" in help_text(MAINTENANCE, "duckrow maintenance")
    assert to_plain(help_one(command, "duckrow maintenance")) == to_plain(
        plan(f"help {command.name}", slash="duckrow maintenance").text
    )
    assert split(command.example, MAINTENANCE)[0] is command


def test_no_word_means_two_of_them():
    words = [word for command in MAINTENANCE for word in (command.name, *command.aliases)]
    assert len(words) == len(set(words))


def test_the_audit_tells_them_from_incidents_and_holds_both_windows(desk, plan):
    plan(PLAN)
    plan("extend until=2013-02-23T02:30")
    with desk.database.read() as ledger:
        rows = ledger.connection.exec_driver_sql(
            "SELECT what, before, after FROM change ORDER BY revision DESC LIMIT 1"
        ).all()
    ((what, before, after),) = rows
    assert what == "maintenance extend"
    assert "2013-02-23 09:00" in before
    assert "2013-02-23 10:30" in after
