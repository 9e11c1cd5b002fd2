"""The channel hears that the page is behind, once, and that it is well, once it stays so."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import Duckrow
from bot.config import load
from bot.processes import Projections
from bot.slack.announcer import Announcer, PageTrouble
from bot.slack.client import Client, ReplyClient
from tests.slack.conftest import INCIDENTS, TARGET

OPEN = "open Site Outage | We see errors."


@pytest.fixture
def target(bot, database, clock):
    """Sets what the publisher knows of the target, and lets the channel hear it."""

    def becomes(**state):
        with database.write() as ledger:
            ledger.publications.save(replace(ledger.publications.get(TARGET), **state))
        bot.run(bot.trouble.sync)

    return becomes


@pytest.fixture
def pass_by(bot, clock):
    """Time passes, and the bot looks after each second of it."""

    def seconds(count):
        for _ in range(count):
            clock.pass_by(seconds=1)
            bot.run(bot.trouble.sync)

    return seconds


@pytest.fixture
def told(slack):
    """What the channel was told of the page, in short."""

    def look():
        texts = [one.text for one in slack.messages("#incidents")]
        return ["behind" if "is behind since" in text else "well" for text in texts]

    return look


def test_a_hiccup_is_not_told(target, pass_by, clock, told):
    target(behind_since=clock())
    pass_by(8)
    target(behind_since=None)
    pass_by(90)
    assert told() == []


def test_good_news_waits_until_the_target_has_been_well_for_a_minute(target, pass_by, clock, told):
    target(behind_since=clock())
    pass_by(15)
    assert told() == ["behind"]
    target(behind_since=None)
    pass_by(55)
    assert told() == ["behind"]
    pass_by(10)
    assert told() == ["behind", "well"]


def test_a_document_that_could_not_be_made_is_told_of_once_and_until_it_is_there(
    target, pass_by, slack
):
    target(error="incidents/x/index.html could not be rendered")
    pass_by(20)
    (told,) = slack.messages("#incidents")
    assert "is published, but for this: incidents/x/index.html could not be rendered" in told.text
    target(error=None)
    pass_by(70)
    assert "is up to date again" in slack.messages("#incidents")[-1].text


def test_a_target_that_comes_and_goes_is_one_story(target, pass_by, clock, told):
    for _ in range(5):
        target(behind_since=clock())
        pass_by(15)
        target(behind_since=None)
        pass_by(50)
    assert told() == ["behind"]
    pass_by(15)
    assert told() == ["behind", "well"]


def test_what_came_back_is_told_at_once(target, pass_by, clock, bot, slack):
    target(behind_since=clock())
    pass_by(15)
    with bot.database.write() as ledger:
        ledger.publications.recovered(TARGET, "Two updates came back.")
    target(behind_since=None)
    assert slack.messages("#incidents")[-1].text == "Two updates came back."


def test_a_clock_that_is_set_back_does_not_hold_up_good_news(target, pass_by, clock, told):
    target(behind_since=clock())
    pass_by(15)
    target(behind_since=None)
    pass_by(1)
    clock.pass_by(hours=-1)
    pass_by(1)
    assert told() == ["behind", "well"]


@pytest.fixture
def trouble(bot, clock):
    """The page has been behind for long, and the channel has not heard."""
    with bot.database.write() as ledger:
        behind = replace(ledger.publications.get(TARGET), behind_since=clock())
        ledger.publications.save(behind)
    clock.pass_by(minutes=1)


@pytest.fixture
def posts(bot, slack, clock):
    """Time passes, a minute at most; how many posts Slack was sent by then."""

    def after(seconds):
        clock.pass_by(seconds=seconds)
        bot.run(bot.trouble.sync, bot.announcer.sync)
        return len(slack.called("chat.postMessage"))

    return after


def test_a_rate_limit_that_news_of_the_page_met_is_kept_to_by_all(trouble, say, slack, posts, told):
    slack.faults.add("chat.postMessage", "ratelimited", seconds=120)
    assert posts(0) == 1
    say(OPEN)
    assert [posts(seconds) for seconds in (0, 29, 2, 29, 29, 21)] == [1] * 6
    assert posts(12) == 4
    assert told()[0] == "behind"


def test_a_rate_limit_that_an_incident_met_is_kept_to_by_news_of_the_page(
    say, slack, bot, trouble, posts
):
    say(OPEN)
    slack.faults.add("chat.postMessage", "ratelimited", seconds=120)
    bot.announce()
    assert [posts(seconds) for seconds in (0, 29, 2, 29, 29, 21)] == [1] * 6
    assert posts(12) == 4


def test_a_rate_limit_of_reading_the_channel_is_kept_to(trouble, slack, posts, told, say):
    slack.faults.add("chat.postMessage", "close_done")
    slack.faults.add("conversations.history", "ratelimited", seconds=120)
    assert [posts(seconds) for seconds in (0, 31)] == [1, 1]
    assert len(slack.called("conversations.history")) == 1
    say(OPEN)
    assert [posts(seconds) for seconds in (31, 31, 31, 17)] == [1] * 4
    assert len(slack.called("conversations.history")) == 1
    assert posts(13) == 3
    assert told()[0] == "behind"


def test_news_of_the_page_keeps_the_channels_pace(trouble, say, slack, database, clock):
    say(OPEN)
    with Client(slack.bot_token, slack.api_url) as client:
        announcer = Announcer(database, client, [INCIDENTS])
        news = PageTrouble(database, client, announcer.holds, [INCIDENTS], [TARGET])
        began = clock()
        for tenths, step, posts in (
            *((0, announcer, 1), (8, news, 1), (15, news, 2), (20, announcer, 2)),
            *((30, announcer, 3), (60, news, 3)),
        ):
            step.sync(began + timedelta(seconds=tenths / 10))
            assert len(slack.called("chat.postMessage")) == posts


def test_a_channel_that_is_limited_keeps_no_other_from_hearing_of_the_page(
    make_bot, trouble, slack, clock
):
    bot = make_bot(channels=("C00000GEN", INCIDENTS))
    slack.faults.add("chat.postMessage", "ratelimited", seconds=120)
    for _ in range(5):
        bot.run(bot.trouble.sync)
        clock.pass_by(seconds=29)
    assert len(slack.called("chat.postMessage")) == 2
    assert len(slack.messages("#incidents")) == 1


def test_a_channel_that_will_not_have_us_holds_up_no_other_targets_news(
    make_bot, slack, database, clock
):
    bot = make_bot(channels=("C00000GEN", INCIDENTS), targets=(TARGET, "file:///srv/another"))
    with database.write() as ledger:
        for target in (TARGET, "file:///srv/another"):
            stopped = replace(ledger.publications.get(target), stopped=True, error="full")
            ledger.publications.save(stopped)
    bot.run(bot.trouble.sync)
    assert len(slack.messages("#incidents")) == 2


def test_while_slack_is_away_all_leave_it_alone(trouble, say, slack, bot, posts):
    say(OPEN)
    with slack.down():
        bot.run(bot.trouble.sync)
    assert posts(0) == 0
    assert posts(2) == 3


def test_who_heard_of_the_page_counts_even_while_nothing_may_be_said_there(
    make_bot, trouble, slack, clock, database
):
    bot = make_bot(channels=("C00000GEN", INCIDENTS))
    slack.join("duckrow", "#general")
    slack.faults.add("chat.postMessage", "ratelimited", seconds=60)
    bot.run(bot.trouble.sync)
    clock.pass_by(seconds=61)
    bot.announcer.holds.hold_channel(INCIDENTS, timedelta(minutes=9), clock())
    bot.run(bot.trouble.sync)
    assert len(slack.called("chat.postMessage")) == 3
    with database.read() as ledger:
        assert ledger.publications.get(TARGET).told_at is not None


def test_news_of_the_page_that_arrives_ends_the_longer_pauses(target, clock, say, slack, posts):
    target(behind_since=clock())
    with slack.down():
        for _ in range(6):
            assert posts(16) == 0
    assert posts(16) == 1
    say(OPEN)
    with slack.down():
        posts(16)
    assert posts(2) == 3


@pytest.fixture
def duckrow(database, slack, sqlite_url, tmp_path):
    """The installation whose ledger this is."""
    env = {
        "DATABASE_URL": sqlite_url,
        "PUBLISH_URL": (tmp_path / "public").as_uri(),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "INCIDENT_CHANNELS": INCIDENTS,
    }
    made = Duckrow(load(env), database)
    made.prepare()
    return made


def test_news_of_the_page_waits_for_no_backlog(duckrow, say, slack, database):
    for number in range(3):
        say(f"open Outage {number} | We see errors.")
    with database.write() as ledger:
        ledger.publications.recovered(duckrow.targets[0].url, "Two updates came back.")
    with (
        Client(slack.bot_token, slack.api_url) as client,
        closing(ReplyClient(slack.api_url)) as http,
        closing(Projections(duckrow, client, http)),
    ):
        slack.wait_for(lambda: len(slack.called("chat.postMessage")) >= 3)
    posts = [call.arguments["text"] for call in slack.called("chat.postMessage")]
    assert "Two updates came back." in posts[:3]
