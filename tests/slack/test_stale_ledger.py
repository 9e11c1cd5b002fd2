"""After a stale ledger caught up with its page, Slack shows each update once, in its old thread."""

from contextlib import closing

import pytest

from bot.publish import Publisher, open_target
from storage.database import Database
from tests.support.copies import copy_of


@pytest.fixture
def publish(tmp_path, bot, clock):
    """Publishes a ledger to one folder."""
    target = open_target(str(tmp_path / "public"))

    def bring(ledger: Database = bot.database) -> str:
        Publisher(ledger, target, "program 1").sync(clock())
        return target.url

    return bring


@pytest.fixture
def stale(bot, say, publish, tmp_path):
    """A copy of the ledger from when all of one incident had been told everywhere."""
    say("open www=down Site Outage | We see errors.")
    bot.announce()
    publish()
    copy = copy_of(bot.database, tmp_path / "copy.db")
    yield copy
    copy.close()


@pytest.fixture
def put_back(make_bot, publish, stale, clock):
    """A bot upon the copy, once it has caught up with the page; commands go to it now."""

    def start():
        clock.pass_by(seconds=15)  # whatever the lost ledger posted is there by now
        made = make_bot(database=stale, targets=(publish(stale),))
        made.learn()
        made.listen()
        return made

    return start


def threads(slack):
    """Incident -> what stands in its thread."""
    return {
        root.text.split()[0]: [each.text for each in slack.thread("#incidents", root)]
        for root in slack.messages("#incidents")
        if root.text.startswith("#")
    }


def test_what_the_lost_ledger_posted_is_adopted_and_goes_on_in_its_thread(
    bot, say, slack, publish, put_back
):
    say("update #1 Only the lost ledger knows.")
    say("open Slow video | Videos stall.")
    say("resolve #1 All is well.")
    bot.announce()
    publish()
    before, posts = threads(slack), slack.called("chat.postMessage")
    ours = put_back()
    ours.announce()
    assert threads(slack) == before
    assert slack.called("chat.postMessage") == posts
    assert say("update #2 They still do.").text.startswith("Saved as #2, update 2")
    ours.announce()
    before["#2"].append("Investigating: They still do.")
    assert threads(slack) == before


def test_what_the_copy_had_not_told_and_the_page_does_not_bring_back_is_looked_for(
    bot, say, publish, stale, tmp_path
):
    say("update #1 In the copy too.")
    with closing(copy_of(bot.database, tmp_path / "later.db")) as copy:
        say("open Slow video | Videos stall.")
        publish()
        publish(copy)
        with copy.read() as ledger:
            assert ledger.count_incidents() == 2
            one = ledger.incident(1)
            assert one
            begun = [each for each in ledger.deliveries.of(one.id) if not each.ts]
    assert [(each.channel, bool(each.attempt_at)) for each in begun] == [("", True)]


def test_what_nobody_had_posted_is_posted(bot, say, slack, publish, put_back):
    say("update #1 Only on the page.")
    say("open Slow video | Videos stall.")
    publish()
    before = threads(slack)
    put_back().announce()
    assert threads(slack) == {
        "#1": [*before["#1"], "Investigating: Only on the page."],
        "#2": ["Investigating: Videos stall."],
    }


def test_what_was_over_long_ago_is_not_told_again(bot, say, slack, publish, put_back):
    say("open Slow video | Videos stall.")
    say("resolve #2 All is well.")
    publish()
    before = threads(slack)
    bot.now.pass_by(days=8)
    put_back().announce()
    assert threads(slack) == before


def test_the_channel_is_told_once_what_came_back(bot, say, slack, publish, put_back):
    say("update #1 Only the lost ledger knows.")
    publish()
    ours = put_back()
    for _ in range(2):
        ours.run(ours.trouble.sync)
    told = [each.text for each in slack.messages("#incidents") if "older copy" in each.text]
    assert len(told) == 1
    assert "1 update of 1 incident came back" in told[0]
