"""Whatever is delivered twice happens once; whatever is ambiguous is asked; nothing is lost."""

import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any

import pytest

from bot import commands
from bot.core.incident import Author
from storage import schema
from storage.database import Database
from storage.errors import LedgerUnavailable, OutcomeUnknown, WrongLedger
from tests.support.telling import a_page

BEN = Author("U0BEN", "Ben")
OPEN = "open www=down Site Outage | We see an outage."


def count(typist, table):
    with typist.database.read() as ledger:
        return len(ledger.connection.execute(table.select()).all())


def test_a_repeated_key_changes_nothing_and_answers_the_same(typist):
    call = typist.call(OPEN)
    first = commands.run(call, typist.database)
    before = count(typist, schema.change)
    assert commands.run(call, typist.database) == first
    assert commands.run(replace(call, at=call.at + timedelta(hours=3)), typist.database) == first
    assert count(typist, schema.change) == before
    assert count(typist, schema.request) == 1


def test_the_same_key_with_another_line_is_refused(typist):
    call = typist.call(OPEN)
    commands.run(call, typist.database)
    other = commands.run(replace(call, line="open Something else | Text."), typist.database)
    assert other.refused
    assert count(typist, schema.incident) == 1


def test_deliveries_at_the_same_instant_make_one_incident(typist):
    call = typist.call(OPEN)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(commands.run(call, typist.database)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.text for answer in answers} == {answers[0].text}
    assert count(typist, schema.incident) == 1


def test_the_same_words_again_within_two_minutes_are_answered_as_already_saved(typist):
    first = typist.call(OPEN)
    commands.run(first, typist.database)
    again = replace(typist.call(OPEN), at=first.at + timedelta(minutes=1))
    answer = commands.run(again, typist.database)
    assert answer.text == "Already saved as #1, update 1: Site Outage is Investigating."
    assert count(typist, schema.incident) == 1


def test_a_clock_that_was_set_back_does_not_join_what_was_typed_far_apart(typist):
    first = typist.call(OPEN)
    commands.run(first, typist.database)
    later = replace(typist.call(OPEN), at=first.at - timedelta(minutes=30))
    assert commands.run(later, typist.database).text.startswith("Saved as #2")
    a_second_back = replace(typist.call(OPEN), at=later.at - timedelta(seconds=1))
    assert commands.run(a_second_back, typist.database).text.startswith("Already saved as #2")


def test_a_repetition_delivered_again_much_later_is_still_one(typist):
    first = typist.call(OPEN)
    commands.run(first, typist.database)
    again = replace(typist.call(OPEN), at=first.at + timedelta(minutes=1))
    answer = commands.run(again, typist.database)
    late = replace(again, at=first.at + timedelta(hours=1))
    assert commands.run(late, typist.database) == answer
    assert count(typist, schema.incident) == 1


def test_the_same_words_are_new_when_something_happened_in_between(typist):
    typist.say(OPEN)
    now = typist.now
    for line in ("resolve Over.", "reopen #1 Not over.", "resolve Over."):
        assert typist.say(line, at=now + timedelta(seconds=10)).text.startswith("Saved as #1")
    assert not typist.incident().is_open


def test_opening_with_the_same_words_is_a_repetition_whatever_happened_to_it(typist):
    typist.say(OPEN)
    now = typist.now
    typist.say("update More.", at=now)
    assert typist.say(OPEN, at=now + timedelta(minutes=1)).text.startswith("Already saved as #1")


def test_the_same_words_later_or_from_somebody_else_are_new(typist):
    typist.say(OPEN)
    assert typist.say(OPEN).saved
    assert typist.say(OPEN, author=BEN, at=typist.now).saved
    assert count(typist, schema.incident) == 3


@pytest.fixture
def asked(typist):
    typist.say(OPEN)
    typist.say("open class=slow Slow classes | We see slow pages.")
    return typist.say("update class=ok Better now.")


def test_with_several_open_the_bot_asks_and_saves_nothing(typist, asked):
    assert [button.label for button in asked.buttons] == ["#2 Slow classes", "#1 Site Outage"]
    assert not asked.saved
    assert "Your text: update class=ok Better now." in asked.text
    assert len(typist.incident(1).updates) == len(typist.incident(2).updates) == 1


def test_choosing_carries_the_line_out_once_however_often_it_is_pressed(typist, asked):
    slow, outage = asked.buttons
    first = typist.press(slow)
    assert first.text == "Saved as #2, update 2: Slow classes is Investigating."
    assert typist.press(slow) == first
    assert typist.press(outage) == first  # a question is answered once
    assert typist.incident(2).updates[1].text == "Better now."
    assert len(typist.incident(1).updates) == 1


def test_only_who_was_asked_may_choose(typist, asked):
    assert typist.press(asked.buttons[0], author=BEN).refused
    assert len(typist.incident(2).updates) == 1


def test_a_question_that_was_never_asked_cannot_be_answered(typist):
    button = commands.Button("choose", "", json.dumps({"key": "T1:A1:never", "number": 1}))
    assert typist.press(button).refused


def test_a_redelivered_question_is_asked_again(typist, asked):
    call = replace(typist.call("update class=ok Better now."), key="T1:A1:3")
    assert commands.run(call, typist.database) == asked


@pytest.mark.parametrize("line", ["edit New words.", "retract", "rename New title"])
def test_correcting_asks_unless_there_is_only_one_it_can_mean(typist, line):
    typist.say(OPEN)
    typist.say("open class=slow Slow classes | We see slow pages.")
    assert len(typist.say(line).buttons) == 2
    typist.say("resolve #2 Done.")
    assert len(typist.say(f"{line} ").buttons) == 2  # one open, another changed last
    typist.say("update #1 News.")
    assert typist.say(f" {line}").saved


def test_reopening_asks_among_the_closed(typist):
    for title in ("One", "Two"):
        typist.say(f"open {title} | Text.")
        typist.say("resolve Done.")
    assert len(typist.say("reopen It is back.").buttons) == 2


class Broken(Database):
    """A ledger whose commits fail as told, then work again."""

    failures: list[Exception]
    commits_first = False

    def telling(self, cause, within=2.0):
        if not self.failures:
            return super().telling(cause, within)
        failure = self.failures.pop(0)
        return self._failing(cause, within, failure)

    @contextmanager
    def _failing(self, cause, within, failure):
        with super().telling(cause, within) as ledger:
            yield ledger
            if not self.commits_first:
                raise failure
        raise failure


@pytest.fixture
def broken(desk):
    desk.database.close()
    desk.database = Broken(desk.database.url.render_as_string())
    desk.database.failures = []
    yield desk
    desk.database.close()


def test_a_ledger_that_recovers_in_time_is_no_trouble_to_anybody(broken):
    broken.database.failures = [LedgerUnavailable("busy"), LedgerUnavailable("busy")]
    assert broken.say(OPEN).saved
    assert count(broken, schema.incident) == 1


def test_a_commit_that_happened_though_its_answer_was_lost_is_not_repeated(broken):
    broken.database.commits_first = True
    broken.database.failures = [OutcomeUnknown("gone")]
    assert broken.say(OPEN).text == "Saved as #1, update 1: Site Outage is Investigating."
    assert count(broken, schema.incident) == 1


def test_a_ledger_that_stays_away_hands_the_text_back_with_a_button(broken):
    broken.database.failures = [LedgerUnavailable("down")] * 100
    call = broken.call(OPEN)
    answer = commands.run(call, broken.database)
    assert answer.text.startswith("Not saved: the database does not answer")
    assert f"Your text: {OPEN}" in answer.text
    assert answer.buttons[0].read() == {"key": call.key, "line": OPEN}
    broken.database.failures = []
    assert commands.run(call, broken.database).saved


def test_a_database_that_holds_no_ledger_saves_nothing_until_it_does_again(typist):
    with typist.database.write() as ledger:
        page = ledger.connection.execute(schema.page.select()).mappings().one()
        ledger.connection.execute(schema.page.delete())
    call = typist.call(OPEN)
    for line in (call, typist.call("list")):
        assert "does not answer" in commands.run(line, typist.database).text
    with typist.database.write() as ledger:
        ledger.connection.execute(schema.page.insert().values(dict(page)))
    assert commands.run(call, typist.database).saved


def test_a_command_that_only_looks_says_that_nothing_changed(desk, tmp_path):
    gone = Database(f"sqlite:///{tmp_path}/nowhere/ledger.db")
    answer = commands.run(desk.call("list"), gone)
    gone.close()
    assert "Not saved" not in answer.text
    assert "does not answer" in answer.text


def test_a_choice_that_cannot_be_carried_out_now_can_be_pressed_again(broken):
    broken.say(OPEN)
    broken.say("open class=slow Slow classes | We see slow pages.")
    asked = broken.say("update Better now.")
    broken.database.failures = [LedgerUnavailable("down")] * 100
    assert broken.press(asked.buttons[0]).refused
    broken.database.failures = []
    assert broken.press(asked.buttons[0]).saved


def test_a_long_text_is_handed_back_without_a_button_that_could_not_hold_it(broken):
    broken.database.failures = [LedgerUnavailable("down")] * 100
    answer = broken.say(f"open Title | {'x' * 2500}")
    assert not answer.buttons
    assert "x" * 2500 in answer.text


def test_an_outcome_nobody_knows_is_said_and_looked_up_later(broken):
    broken.database.failures = [OutcomeUnknown("gone")] * 100
    call = broken.call(OPEN)
    assert commands.run(call, broken.database).unknown
    broken.database.failures = []
    assert commands.settled(call, broken.database) is None
    assert commands.run(call, broken.database).saved
    settled = commands.settled(call, broken.database)
    assert settled is not None
    assert settled.saved


def test_an_outcome_nobody_knows_stays_unknown_where_the_next_attempt_meets_no_ledger(broken):
    no_ledger = [WrongLedger("It holds no page.", "Bring it back.")] * 100
    broken.database.failures = [OutcomeUnknown("gone"), *no_ledger]
    assert broken.say(OPEN).unknown


def test_what_may_have_been_saved_is_not_refused_by_a_server_that_was_replaced(broken, tmp_path):
    """It lets people look, and refuses what it does not know, but commits nothing."""
    broken.say(OPEN)
    new, old = broken.database, Broken(f"sqlite:///{tmp_path}/old.db")
    old.migrate()
    old.begin(a_page())
    new.commits_first, new.failures = True, [OutcomeUnknown("the answer was lost")]
    old.failures = [OutcomeUnknown("it hangs")] * 100
    servers = chain([new], repeat(old))
    pair: Any = SimpleNamespace(
        telling=lambda *given, **more: next(servers).telling(*given, **more)
    )
    assert commands.run(broken.call("update #1 Found it."), pair).unknown
    old.close()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "updte Hello.",
        "open wwww=down Title | Text.",
        "open www=brokn Title | Text.",
        "open Title only",
        "update #0 Text.",
        "update #99999999999999999999 Text.",
        "update ",
        "open Title | " + "x" * 40_000,
        "open Title | a\0b",
        "open Title | a\x07b",
        "open " + "t" * 201 + " | Text.",
        "open Title | ask <@U123|ana> about it",
        "open Title | <!channel> look",
        "open Title | see <#C123|incidents>",
        "update at=25:99 Text.",
        "update at=2999-01-01T00:00 Text.",
        "resolve www=ok Text.",
        "\ud800",
        "open Title | \ud800",
    ],
)
def test_what_cannot_be_carried_out_changes_nothing_and_hands_the_line_back(desk, line):
    desk.say(OPEN)
    before = desk.revision
    answer = desk.say(line)
    if answer.saved:
        assert line.startswith("resolve")  # an argument it does not take is text
        return
    assert desk.revision == before
    if line.strip():
        assert answer.text.startswith("Not saved: ")
        assert line.strip()[:50] in answer.text or "<" in line
