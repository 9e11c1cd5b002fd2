"""The author hears when the page shows it, or that it is late; nothing else waits for that."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from bot import commands
from bot.commands import Call
from bot.core.incident import Author
from storage.publications import Publications
from tests.slack.conftest import TARGET

OTHER = "file:///srv/another"
OPEN = "open Site Outage | We see errors."


@pytest.fixture
def publish(database, clock):
    """What the publisher notes after writing a target."""

    def note(target=TARGET, **facts):
        with database.write() as ledger:
            revision = {"revision": ledger.page.revision, "checked_at": clock()}
            ledger.publications.save(replace(ledger.publications.get(target), **(revision | facts)))

    return note


@pytest.fixture
def later(bot, slack):
    """What Ana was told beside the first answers."""

    def look():
        bot.run(bot.replies.sync)
        return [m.text for m in slack.ephemerals("ana") if not m.text.startswith("Saved")]

    return look


def test_the_author_hears_that_the_page_shows_it_and_how_long_it_took(say, publish, later, clock):
    publish(revision=0)
    say(OPEN)
    assert later() == []
    clock.pass_by(seconds=2)
    publish()
    (told,) = later()
    start, after, end = told.partition(" after ")
    assert start == "#1, update 1 is live on <http://127.0.0.1:8000/|the page>"
    assert after
    assert 2.0 <= float(end.split()[0]) < 4.0
    assert end.endswith("s (revision 2).")


def test_it_is_told_once(say, publish, later, slack, bot):
    say(OPEN)
    publish()
    assert len(later()) == 1
    assert bot.run(bot.replies.sync) == 0
    assert len(later()) == 1


def test_the_author_hears_that_slack_refuses_the_bots_messages(say, publish, later, slack, bot):
    slack.leave("duckrow", "#incidents")
    say(OPEN)
    publish()
    bot.announce()
    (told,) = later()
    assert told.startswith("#1, update 1 is live on ")
    assert "Slack refuses the bot's messages here (not_in_channel)" in told
    slack.join("duckrow", "#incidents")
    bot.announce_through_trouble()
    say("update More.")
    publish()
    bot.announce()
    assert "refuses" not in later()[1]


def test_every_target_must_show_it(say, publish, make_bot, bot, slack):
    both = make_bot(targets=(TARGET, OTHER))
    told = slack.ephemerals
    say(OPEN)
    publish()
    assert both.run(both.replies.sync) == 0, "the other was never written"
    publish(OTHER, revision=1)
    assert both.run(both.replies.sync) == 0
    publish(OTHER)
    assert both.run(both.replies.sync) == 1
    assert told("ana")[-1].text.startswith("#1, update 1 is live")


def test_a_target_that_is_no_longer_configured_keeps_nobody_waiting(say, publish, later):
    publish(OTHER, revision=1)
    say(OPEN)
    publish()
    assert len(later()) == 1


def test_a_late_page_is_told_once_and_then_that_it_is_there(say, publish, later, clock):
    publish(revision=1)
    say(OPEN)
    publish(revision=1, behind_since=clock(), error="timed out <b>")
    clock.pass_by(seconds=9)
    assert later() == []
    clock.pass_by(seconds=2)
    (told,) = later()
    assert told == (
        "#1, update 1 is saved, but the page could not be published yet "
        f"({TARGET}: timed out &lt;b&gt;). Retrying; nothing is lost."
    )
    clock.pass_by(minutes=5)
    assert len(later()) == 1
    publish(behind_since=None, error=None)
    assert later()[-1].startswith("#1, update 1 is live on")


def test_a_page_that_was_never_written_is_said_to_be_late_too(say, later, clock):
    say(OPEN)
    clock.pass_by(seconds=11)
    assert f"({TARGET}: no answer yet)" in later()[0]


def test_after_half_an_hour_nobody_is_told_any_more(say, publish, later, clock, bot):
    publish(revision=1)
    say(OPEN)
    clock.pass_by(minutes=31)
    publish()
    assert later() == []
    assert bot.run(bot.replies.sync) == 0


@pytest.mark.parametrize("fault", ["html", "close", "close_done", "reset"])
def test_an_address_that_fails_is_tried_three_times_and_stops_nobody(
    say, publish, slack, bot, fault
):
    say(OPEN)
    say("open Slow classes | Classes are slow.", "ben")
    publish()
    slack.faults.add("response_url", fault, times=1)
    bot.run(bot.replies.sync)
    assert [m.text for m in slack.ephemerals("ben")][-1].startswith("#2, update 1 is live")
    slack.faults.add("response_url", fault, times=None)
    for _ in range(20):
        bot.run(bot.replies.sync)
        bot.now.pass_by(seconds=6)
    slack.faults.clear()
    assert bot.run(bot.replies.sync) == 0
    with bot.database.read() as ledger:
        assert ledger.requests.waiting_for_reply() == ()


def test_an_address_that_slack_refuses_is_forgotten_at_once(say, publish, slack, bot):
    say(OPEN)
    publish()
    fault = slack.faults.add("response_url", "html", times=10, status=404)
    bot.run(bot.replies.sync)
    assert fault.times == 9
    with bot.database.read() as ledger:
        assert ledger.requests.waiting_for_reply() == ()


def test_a_rate_limit_of_an_address_is_kept_to_and_stops_nobody(say, publish, slack, bot, clock):
    say(OPEN)
    say("open Slow classes | Classes are slow.", "ben")
    publish()
    slack.faults.add("response_url", "ratelimited", seconds=120)
    bot.run(bot.replies.sync)
    assert slack.ephemerals("ben")[-1].text.startswith("#2, update 1 is live")
    fault = slack.faults.add("response_url", "ratelimited", times=10, seconds=120)
    for _ in range(4):
        clock.pass_by(seconds=118)
        bot.run(bot.replies.sync)
        left = fault.times
        clock.pass_by(seconds=4)
        bot.run(bot.replies.sync)
        assert fault.times == left - 1
    slack.faults.clear()
    clock.pass_by(seconds=122)
    bot.run(bot.replies.sync)
    assert slack.ephemerals("ana")[-1].text.startswith("#1, update 1 is live")


def test_an_outage_of_minutes_uses_no_address_up(say, publish, slack, bot, clock):
    say(OPEN)
    publish()
    with slack.down():
        for _ in range(10):
            bot.run(bot.replies.sync)
            clock.pass_by(seconds=31)
    bot.run(bot.replies.sync)
    assert slack.ephemerals("ana")[-1].text.startswith("#1, update 1 is live")


def test_the_command_line_has_nobody_to_tell(bot, database, publish):
    call = Call("cli:1", OPEN, Author("cli:ana", "ana"), "C00000INC", bot.now())
    assert commands.run(call, database).saved
    publish()
    assert bot.run(bot.replies.sync) == 0


# --- the channel hears of a page in trouble --------------------------------------------------


@pytest.fixture
def channel(bot, slack):
    def look():
        bot.run(bot.trouble.sync)
        return [message.text for message in slack.messages("#incidents")]

    return look


def test_a_page_behind_is_told_once_and_once_more_when_it_is_over(channel, publish, clock):
    publish(behind_since=clock(), error="timed out")
    assert channel() == []
    clock.pass_by(seconds=11)
    (told,) = channel()
    assert told.startswith("<http://127.0.0.1:8000/|The public page> is behind since <!date^")
    assert "(timed out)" in told
    clock.pass_by(minutes=30)
    assert len(channel()) == 1
    publish(behind_since=None, error=None)
    assert len(channel()) == 1
    clock.pass_by(minutes=1)
    assert channel()[1] == (
        "<http://127.0.0.1:8000/|The public page> is up to date again: "
        f"`{TARGET}` shows revision 1."
    )
    assert len(channel()) == 2


def test_a_hiccup_is_not_told(channel, publish, clock):
    publish(behind_since=clock(), error="timed out")
    clock.pass_by(seconds=9)
    channel()
    publish(behind_since=None, error=None)
    assert channel() == []


def test_a_page_that_stopped_is_told_at_once(channel, publish):
    publish(stopped=True, error="the marker is another page's")
    (told,) = channel()
    assert "is no longer published to" in told
    assert told.endswith("the marker is another page's")


def test_trouble_of_a_target_that_is_no_longer_configured_is_nobodys(channel, publish):
    publish(OTHER, stopped=True, error="the marker is another page's")
    assert channel() == []


@pytest.mark.parametrize("database", ["postgres_url"], indirect=True)
def test_what_is_published_while_the_channel_is_told_is_kept(publish, clock, bot, monkeypatch):
    publish(revision=0, behind_since=clock() - timedelta(minutes=1), error="timed out")
    real, revisions = Publications.get, count(1)

    def overtaken(self, target):
        found = real(self, target)
        with monkeypatch.context() as patched:
            patched.setattr(Publications, "get", real)
            publish(revision=next(revisions))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Publications, "get", overtaken)
        assert bot.trouble.sync(clock())
    with bot.database.read() as ledger:
        target = ledger.publications.get(TARGET)
    assert target.told_at is not None
    assert target.revision == next(revisions) - 1


def test_telling_of_trouble_waits_for_slack_and_keeps_what_was_published(
    channel, publish, slack, clock, database
):
    publish(behind_since=clock() - timedelta(minutes=1), error="timed out")
    slack.faults.add("chat.postMessage", "html")
    assert channel() == []
    clock.pass_by(seconds=31)
    assert len(channel()) == 1
    with database.read() as ledger:
        assert ledger.publications.get(TARGET).revision == ledger.page.revision


def test_a_channel_that_will_not_have_us_keeps_no_other_from_hearing_of_the_page(
    make_bot, slack, publish, clock
):
    bot = make_bot(channels=("C00000GEN", "C00000INC"))
    publish(behind_since=clock() - timedelta(minutes=1), error="timed out")
    for _ in range(3):
        bot.run(bot.trouble.sync)
        clock.pass_by(minutes=1)
    publish(behind_since=None, error=None)
    for _ in range(2):
        bot.run(bot.trouble.sync)
        clock.pass_by(minutes=1)
    told = [message.text for message in slack.messages("#incidents")]
    assert len(told) == 2
    assert "is behind since" in told[0]
    assert "is up to date again" in told[1]


@pytest.mark.parametrize("fault", ["close_done", "html_done", "truncate", "close"])
def test_the_channel_hears_of_trouble_once_though_nobody_knows_whether_it_did(
    channel, publish, clock, slack, fault
):
    publish(behind_since=clock() - timedelta(minutes=1), error="timed out")
    slack.faults.add("chat.postMessage", fault)
    channel()
    clock.pass_by(seconds=31)
    assert len(channel()) == 1
