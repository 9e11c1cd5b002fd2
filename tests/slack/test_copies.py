"""A ledger that may be a copy looks for what another one may have posted, before it posts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.slack.announcer import Announcer
from bot.slack.client import Client
from storage.database import Database
from tests.slack.conftest import INCIDENTS, ON_BOTH
from tests.support.copies import copy_of

GENERAL = "C00000GEN"


@pytest.fixture
def copied(bot, tmp_path):
    """Makes copies of the ledger as it is; closes them."""
    made: list[Database] = []

    def copy():
        made.append(copy_of(bot.database, tmp_path / f"copy{len(made)}.db"))
        return made[-1]

    yield copy
    for one in made:
        one.close()


@pytest.fixture
def put_back(make_bot):
    """A bot that starts upon a copy."""

    def start(copy, **options):
        made = make_bot(database=copy, **options)
        made.learn()
        return made

    return start


def stand(slack, channel="#incidents"):
    """Each root that stands in a channel, with the texts of its thread."""
    return [
        (root.text, [reply.text for reply in slack.thread(channel, root)])
        for root in slack.messages(channel)
        if root.text.startswith("#")
    ]


def test_what_was_saved_before_the_copy_and_posted_after_it_stands_once(
    bot, say, slack, copied, put_back
):
    say("open www=down Site Outage | We see errors.")
    bot.announce()
    say("update #1 It is the database.")
    say("resolve #1 All is well.")
    say("open Slow video | Videos stall.")
    copy = copied()
    bot.announce()
    before, posts = stand(slack), slack.called("chat.postMessage")
    put_back(copy).announce()
    assert stand(slack) == before
    assert slack.called("chat.postMessage") == posts


def test_one_reading_of_a_thread_finds_all_that_the_copy_lacks(bot, say, slack, copied, put_back):
    say("open www=down Site Outage | We see errors.")
    bot.announce()
    for number in range(5):
        say(f"update #1 Text {number}.")
    copy = copied()
    bot.announce()
    again = put_back(copy)
    before = len(slack.called("conversations.replies"))
    again.announce()
    assert len(slack.called("conversations.replies")) == before + 1
    assert slack.called("conversations.history") == []
    assert len(stand(slack)[0][1]) == 6


def test_what_nobody_had_posted_is_posted_without_a_wait(bot, say, slack, copied, put_back):
    say("open www=down Site Outage | We see errors.")
    say("update #1 It is the database.")
    put_back(copied()).announce()
    assert stand(slack) == [
        (
            "#1 Site Outage: Investigating. It is the database.",
            ["Investigating: We see errors.", "Investigating: It is the database."],
        )
    ]


def test_a_part_of_a_thread_that_was_posted_is_gone_on_with(bot, say, slack, copied, put_back):
    say("open www=down Site Outage | We see errors.")
    say("update #1 It is the database.")
    copy = copied()
    bot.announce()
    slack.delete(slack.thread("#incidents", slack.messages("#incidents")[0])[1])
    put_back(copy).announce()
    ((_, thread),) = stand(slack)
    assert thread == ["Investigating: We see errors.", "Investigating: It is the database."]


@ON_BOTH
def test_a_restart_with_nothing_untold_asks_nothing(bot, say, slack, make_bot):
    say("open www=down Site Outage | We see errors.")
    bot.announce()
    before = len(slack.calls)
    make_bot().announce()
    assert len(slack.calls) == before


@pytest.fixture
def turns():
    """How often our process took the turn."""
    return [1]


@pytest.fixture
def ours(slack, database, turns, clock):
    """The announcer of a process that took the turn when nothing was untold."""
    with Client(slack.bot_token, slack.api_url) as client:
        made = Announcer(database, client, [INCIDENTS], pace=timedelta(), turn=lambda: turns[-1])
        made.sync(clock())
        yield made


def forget_posts(database):
    """As on a standby that was promoted without the last that its primary had."""
    with database.write() as ledger:
        one = ledger.incident(1)
        for each in ledger.deliveries.of(one.id):
            ledger.deliveries.save(replace(each, ts=None, attempt_at=None, version=0))
        ledger.deliveries.tell_again(one.id)


@ON_BOTH
def test_a_turn_that_begins_anew_looks_again(bot, say, slack, ours, turns):
    say("open www=down Site Outage | We see errors.")
    bot.announce()
    forget_posts(bot.database)
    turns.append(2)
    posts = len(slack.called("chat.postMessage"))
    bot.run(ours.sync)
    assert len(slack.called("chat.postMessage")) == posts
    assert len(stand(slack)) == 1


@ON_BOTH
def test_a_process_whose_books_were_changed_for_older_ones_looks_again(bot, say, slack, database):
    say("open www=down Site Outage | We see errors.")
    bot.announce()
    forget_posts(database)
    bot.announce()
    assert [len(thread) for _, thread in stand(slack)] == [1]


def test_a_copy_in_the_place_of_the_ledger_of_a_running_process_is_noticed(
    bot, say, slack, copied, tmp_path
):
    say("open www=down Site Outage | We see errors.")
    copy = copied()
    bot.announce()
    copy.close()
    for end in ("-wal", "-shm"):
        (tmp_path / f"{bot.database.url.database}{end}").unlink(missing_ok=True)
    (tmp_path / "copy0.db").replace(bot.database.url.database)
    bot.announce()
    assert [len(thread) for _, thread in stand(slack)] == [1]


# --- channels --------------------------------------------------------------------------------


@pytest.fixture
def in_two_channels(make_bot, slack):
    """A bot in two channels, and an incident that was typed in the second one."""
    slack.join("duckrow", "#general")
    made = make_bot(channels=(GENERAL, INCIDENTS))
    made.learn()
    made.announce()
    made.listen()
    slack.say("ana", "#incidents", "/incident open www=down Site Outage | We see errors.")
    return made


@pytest.fixture
def recovered(in_two_channels, tmp_path):
    """Its ledger as if it came back from the page: nobody knows in which channel it was told."""
    copy = copy_of(in_two_channels.database, tmp_path / "copy.db")
    with copy.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE incident SET channel = ''")
    yield copy
    copy.close()


def test_an_incident_that_was_told_in_the_second_channel_goes_on_there(
    in_two_channels, recovered, put_back, slack
):
    in_two_channels.announce()
    before = stand(slack)
    again = put_back(recovered, channels=(GENERAL, INCIDENTS))
    again.announce()
    assert stand(slack) == before
    again.listen()
    slack.say("ana", "#incidents", "/incident update #1 It is the database.")
    again.announce()
    assert stand(slack, "#general") == []
    assert stand(slack)[0][1][-1] == "Investigating: It is the database."


def test_an_incident_that_was_told_nowhere_is_told_in_the_first_channel(
    in_two_channels, recovered, put_back, slack
):
    put_back(recovered, channels=(GENERAL, INCIDENTS)).announce()
    assert stand(slack) == []
    assert [len(thread) for _, thread in stand(slack, "#general")] == [1]


def test_a_channel_that_refuses_us_hides_no_other(in_two_channels, recovered, put_back, slack):
    in_two_channels.announce()
    slack.workspace.channel("#general").members -= {"U00000BOT"}
    put_back(recovered, channels=(GENERAL, INCIDENTS)).announce()
    assert [len(thread) for _, thread in stand(slack)] == [1]


def test_what_cannot_be_looked_for_says_why_and_is_told_once_it_can(
    in_two_channels, put_back, slack
):
    """In the one channel that it was typed in; what waits there is answered so."""
    channel = slack.workspace.channel("#incidents")
    channel.members -= {"U00000BOT"}
    again = put_back(in_two_channels.database)
    again.announce()
    with again.database.read() as ledger:
        assert ledger.deliveries.refusal(INCIDENTS) == "not_in_channel"
    channel.members |= {"U00000BOT"}
    again.announce_through_trouble()
    assert [len(thread) for _, thread in stand(slack)] == [1]


def test_a_late_post_of_the_lost_ledger_is_taken_away(bot, say, slack, copied, put_back):
    say("open www=down Site Outage | We see errors.")
    copy = copied()
    bot.announce()
    slack.faults.add("conversations.history", "lag", seconds=600)
    again = put_back(copy)
    again.announce()
    assert len(stand(slack)) == 2
    again.now.pass_by(minutes=6)
    again.announce()
    assert len(stand(slack)) == 1
