"""A change of a message that Slack carries out late does not stay above a newer one."""

import threading

import pytest

from bot.sandbox.faults import WEB_FAULTS
from bot.slack.client import Ambiguous
from tests.slack.conftest import ON_BOTH

A_WHILE = 1.5  # seconds, of the real clock, until an edit is given up


class Killed(Exception):  # noqa: N818 -- no error: the end of a process
    """What a process that dies has in common with one that goes no further."""


@pytest.fixture
def tell(say):
    """Type several lines at once."""

    def type_lines(*lines):
        for line in lines:
            assert say(line).text.startswith("Saved"), line

    return type_lines


@pytest.fixture(autouse=True)
def _told(tell, bot):
    """An incident that Slack knows."""
    tell("open www=down Site Outage | We see errors.", "update #1 First.")
    bot.announce()


@pytest.fixture
def late(slack, monkeypatch):
    """Slack does its next edit only when it is told to: by calling what this gives."""
    releases = []

    def next_edit():
        released = threading.Event()
        releases.append(released)

        def held(victim):
            released.wait()
            return victim.run()

        monkeypatch.setitem(WEB_FAULTS, f"held {len(releases)}", held)
        slack.faults.add("chat.update", f"held {len(releases)}")
        return released.set

    yield next_edit
    for released in releases:
        released.set()


def root(slack):
    """What the incident's message says."""
    (only,) = slack.messages("#incidents")
    return only.text.removeprefix("#1 Site Outage: Investigating. ")


def untold(one):
    """The incidents that are not wholly told."""
    with one.database.read() as ledger:
        return ledger.deliveries.untold()


def impatient(one, monkeypatch, given_up=Ambiguous):
    """A bot that waits for the answer to an edit no longer than a while."""
    client = one.announcer._poster._client
    real = client.call

    def call(method, **params):
        if method != "chat.update":
            return real(method, **params)
        try:
            return real(method, within=A_WHILE, **params)
        except Ambiguous as unanswered:
            raise given_up(unanswered.error) from unanswered

    monkeypatch.setattr(client, "call", call)
    return one


def dying_in_mid_call(one, monkeypatch):
    """A bot that is killed while Slack has its edit, and has not answered."""
    return impatient(one, monkeypatch, Killed)


@pytest.fixture
def dies_editing(tell, late, monkeypatch):
    """Something is typed, and a bot is killed while it edits; Slack does that when it is told."""

    def die(one, text):
        do_it = late()
        tell(f"update #1 {text}")
        with pytest.raises(Killed):
            dying_in_mid_call(one, monkeypatch).announce()
        return do_it

    return die


def edits(slack):
    return len(slack.called("chat.update"))


@ON_BOTH
def test_a_late_edit_of_a_dead_process_does_not_stay_above_a_newer_one(
    tell, bot, make_bot, slack, dies_editing
):
    do_it = dies_editing(bot, "Second.")
    tell("update #1 Third.")
    again = make_bot()
    again.announce()
    assert root(slack) == "Third."
    do_it()
    slack.wait_for(lambda: root(slack) == "Second.")
    again.now.pass_by(seconds=13)
    again.announce()
    assert root(slack) == "Third."
    assert untold(bot) == ()


def test_a_late_edit_of_our_own_does_not_stay_above_a_newer_one(
    tell, bot, slack, late, monkeypatch
):
    do_it = late()
    tell("update #1 Second.")
    with monkeypatch.context() as patched:
        impatient(bot, patched).announce()
    tell("update #1 Third.")
    bot.now.pass_by(seconds=6)
    bot.announce()
    assert root(slack) == "Third."
    do_it()
    slack.wait_for(lambda: root(slack) == "Second.")
    bot.now.pass_by(seconds=7)
    bot.announce()
    assert root(slack) == "Third."
    assert untold(bot) == ()


def test_each_of_several_dead_processes_is_waited_for(tell, bot, make_bot, slack, dies_editing):
    edits_to_come = {}
    for text, dying, seconds in (("Second.", bot, 10), ("Third.", make_bot(), 3)):
        edits_to_come[text] = dies_editing(dying, text)
        dying.now.pass_by(seconds=seconds)  # 12 are over for the first, and not for the second
    tell("update #1 Fourth.")
    again = make_bot()
    again.announce()
    assert root(slack) == "Fourth."
    for text, do_it in edits_to_come.items():
        do_it()
        slack.wait_for(lambda text=text: root(slack) == text)
    again.announce()
    assert root(slack) == "Third.", "Slack may be doing it still: it is too early to be sure"
    again.now.pass_by(seconds=10)
    again.announce()
    assert root(slack) == "Fourth."


def test_who_waits_to_be_sure_of_an_edit_tells_what_is_new_at_once(
    tell, bot, make_bot, slack, monkeypatch
):
    slack.faults.add("chat.update", "close")
    tell("update #1 Second.")
    with pytest.raises(Killed):
        dying_in_mid_call(bot, monkeypatch).announce()
    again = make_bot()
    again.announce()
    tell("update #1 Third.")
    again.announce()
    assert root(slack) == "Third."
    (only,) = slack.messages("#incidents")
    assert slack.thread("#incidents", only)[-1].text == "Investigating: Third."


def test_an_edit_of_which_nothing_is_left_in_doubt_is_made_once(tell, bot, slack):
    before = edits(slack)
    tell("update #1 Second.")
    slack.faults.add("chat.update", "ratelimited", seconds=1)
    bot.announce_through_trouble()
    assert edits(slack) == before + 2
    tell("update #1 Third.")
    bot.announce()
    assert edits(slack) == before + 3
    assert (root(slack), untold(bot)) == ("Third.", ())


def test_an_edit_long_after_one_in_doubt_is_not_made_twice(tell, bot, slack):
    before = edits(slack)
    slack.faults.add("chat.update", "close")
    tell("update #1 Second.")
    bot.announce()
    bot.now.pass_by(seconds=13)
    bot.announce()
    assert edits(slack) == before + 2
    assert (root(slack), untold(bot)) == ("Second.", ())


def test_a_refused_edit_is_not_in_doubt(tell, bot, slack):
    before = edits(slack)
    slack.faults.add("chat.update", "error", error="edit_window_closed")
    tell("update #1 Second.")
    bot.announce()
    assert edits(slack) == before + 1
    assert untold(bot) == ()
