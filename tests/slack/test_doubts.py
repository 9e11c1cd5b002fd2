"""Nobody knows whether a command was saved: what its author hears until somebody does, and then."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot import commands
from storage.database import Database
from storage.errors import LedgerUnavailable, OutcomeUnknown
from tests.slack.answers import OPEN, answered, away, buttons
from tests.slack.conftest import ON_BOTH


@ON_BOTH
@pytest.mark.parametrize("was_saved", [True, False])
def test_an_unknown_outcome_is_said_and_the_answer_completed(say, slack, bot, stored, was_saved):
    with away(OutcomeUnknown, was_saved=was_saved):
        assert say(OPEN).text.startswith("Not sure yet")
        with pytest.raises(OutcomeUnknown):
            bot.learn()
    bot.learn()
    completed = answered(slack)[-1]
    if was_saved:
        assert completed.text.startswith("Saved as #1, update 1")
    else:
        assert completed.text.startswith("Not saved: the database lost it")
        assert buttons(completed) == ["Try again"]
        slack.click("ana", completed, "Try again")
        slack.wait_for(lambda: completed.text.startswith("Saved as #1, update 1"))
    assert stored()[1] == 1
    assert bot.learn() == 0


def test_what_may_have_been_saved_is_not_called_unsaved_by_pressing_again(say, slack, bot):
    with away(OutcomeUnknown, was_saved=True):
        reply = say(OPEN)
    with away():
        slack.click("ana", reply, "Try again")
        slack.wait_for(lambda: reply.text.startswith("Still not sure whether this was saved"))
    bot.learn()
    told = answered(slack)
    assert [one.text[:20] for one in told] == ["Still not sure wheth", "Saved as #1, update "]
    slack.click("ana", reply, "Try again")
    slack.wait_for(lambda: reply.text.startswith("Saved as #1, update 1"))


@pytest.fixture
def promised(say):
    """Ana was told that she will hear, and that is not in the ledger."""
    with away(OutcomeUnknown):
        say(OPEN)


@pytest.mark.parametrize("fault", ["ratelimited", "html", "close", "reset"])
def test_what_was_promised_is_sent_again_until_it_arrives(promised, slack, bot, fault):
    slack.faults.add("response_url", fault, times=2)
    for _ in range(3):
        bot.learn()
        bot.now.pass_by(seconds=6)
    (_, told) = answered(slack)
    assert told.text.startswith("Not saved: the database lost it")
    assert bot.learn() == 0


def test_what_was_promised_survives_an_outage_of_minutes(promised, slack, bot):
    with slack.down():
        for _ in range(10):
            bot.run(*bot.reception.steps)
            bot.now.pass_by(seconds=31)
    bot.learn()
    assert answered(slack)[-1].text.startswith("Not saved: the database lost it")


def test_a_rate_limit_keeps_a_promise_waiting_and_no_other(promised, say, slack, bot):
    fault = slack.faults.add("response_url", "ratelimited", times=1, seconds=120)
    bot.learn()
    with away(OutcomeUnknown):
        say("open Slow classes | Classes are slow.", "ben")
    bot.learn()
    assert answered(slack, "ben")[-1].text.startswith("Not saved: the database lost it")
    fault = slack.faults.add("response_url", "ratelimited", times=10, seconds=120)
    for seconds, left in ((118, 10), (4, 9), (118, 9), (4, 8), (122, 7), (122, 6), (122, 5)):
        bot.now.pass_by(seconds=seconds)
        bot.learn()
        assert fault.times == left


@pytest.mark.parametrize(("options", "uses"), [({}, 3), ({"status": 404}, 1)])
def test_a_promise_uses_no_address_up(promised, slack, bot, options, uses):
    fault = slack.faults.add("response_url", "html", times=10, **options)
    for _ in range(6):
        bot.learn()
        bot.now.pass_by(seconds=6)
    assert fault.times == 10 - uses


def test_a_promise_ends_with_its_address(promised, slack, bot, monkeypatch):
    began = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: began + 1801)
    bot.learn()
    monkeypatch.undo()
    assert len(slack.ephemerals("ana")) == 1


def test_a_clock_that_is_put_forward_loses_no_promise(promised, slack, bot):
    for step in bot.reception.steps:
        step(bot.now() + timedelta(minutes=31))  # Slack's clock was not
    assert answered(slack)[-1].text.startswith("Not saved: the database lost it")


@ON_BOTH
@pytest.mark.parametrize("was_saved", [True, False])
def test_an_unknown_outcome_outlives_who_checks_it(say, slack, stored, was_saved):
    with away(OutcomeUnknown, was_saved=was_saved):
        unknown = say(OPEN)
    assert unknown.text.endswith(f"Your text: {OPEN}")
    slack.click("ana", unknown, "Try again")
    slack.wait_for(lambda: unknown.text.startswith("Saved as #1, update 1"))
    assert stored()[1] == 1


def test_a_choice_that_may_have_been_saved_is_not_told_that_nothing_changed(question, slack, bot):
    seen = len(slack.ephemerals("ana"))
    with away(OutcomeUnknown, was_saved=True):
        slack.click("ana", question, "#1 Site Outage")
        assert answered(slack, count=seen + 1)[-1].text.startswith("Not sure yet")
    with away():
        slack.click("ana", question, "#1 Site Outage")
        assert answered(slack, count=seen + 2)[-1].text.startswith("Still not sure")
    bot.learn()
    assert answered(slack, count=seen + 3)[-1].text.startswith("Saved as #1, update 2")


@contextmanager
def _first_commit_hangs(until: threading.Event):
    """Whoever comes second meets its lock."""
    first = threading.Lock()

    def telling(_self, _cause, within=2.0):
        if first.acquire(blocking=False):
            until.wait(20)
            raise OutcomeUnknown("it hung")
        raise LedgerUnavailable("a lock is held")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Database, "telling", telling)
        patched.setattr("bot.commands._run.PATIENCE", 0.1)
        yield


def test_of_two_presses_at_once_neither_hears_not_saved_while_the_other_may_be(say, slack):
    with away():
        reply = say(OPEN)
    over = threading.Event()
    slack.faults.add("interactive", "twice_at_once")
    with _first_commit_hangs(over):
        pressing = threading.Thread(target=slack.click, args=("ana", reply, "Try again"))
        pressing.start()
        slack.wait_for(lambda: reply.text.startswith("Still not sure"))
        over.set()
        pressing.join()
        slack.wait_for(lambda: reply.text.startswith("Not sure yet"))


def test_pressing_again_after_a_restart_does_not_hear_not_saved(say, slack, bot, make_bot):
    with away(OutcomeUnknown, was_saved=True):
        reply = say(OPEN)
    bot.close()
    make_bot().listen()
    slack.click("ana", reply, "Try again")
    assert answered(slack)[-1].text.startswith("The bot has just started")


def test_who_was_answered_by_pressing_is_not_told_that_it_was_lost(say, slack, bot, monkeypatch):
    with away(OutcomeUnknown):
        reply = say(OPEN)
    look = commands.settled

    def look_and_be_overtaken(call, database):
        found = look(call, database)
        slack.click("ana", reply, "Try again")
        slack.wait_for(lambda: reply.text.startswith("Saved as #1"))
        return found

    monkeypatch.setattr(commands, "settled", look_and_be_overtaken)
    bot.learn()
    assert [one.text[:11] for one in slack.ephemerals("ana")] == ["Saved as #1"]
