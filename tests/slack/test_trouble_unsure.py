"""What the channel heard of the page though Slack's answer was lost, while the page goes on."""

from dataclasses import replace

import pytest

from storage.errors import LedgerUnavailable
from tests.slack.conftest import INCIDENTS, TARGET

DONE = ["close_done", "html_done", "truncate"]  # all that is lost is the answer
NOT_DONE = ["close", "html"]  # to the caller they look the same


class Page:
    """The page of one target: what the publisher knows of it, and what a channel was told."""

    def __init__(self, bot, slack):
        self.bot, self._slack = bot, slack

    def behind(self, error="it is full"):
        self.becomes(behind_since=self.bot.now(), error=error)

    def well(self):
        self.becomes(behind_since=None, error=None)

    def becomes(self, **state):
        with self.bot.database.write() as ledger:
            known = ledger.publications.get(TARGET)
            ledger.publications.save(replace(known, **state))
        self.look()

    def gets_back(self, report):
        with self.bot.database.write() as ledger:
            ledger.publications.recovered(TARGET, report)
        self.look()

    def pass_by(self, seconds):
        """Time passes, and the bot looks every other second of it."""
        for _ in range(0, seconds, 2):
            self.bot.now.pass_by(seconds=2)
            self.look()

    def look(self):
        self.bot.run(self.bot.trouble.sync)

    def texts(self, channel="#incidents"):
        return [one.text for one in self._slack.messages(channel)]

    def told(self, channel="#incidents"):
        """In short."""
        return ["behind" if "is behind" in text else "well" for text in self.texts(channel)]


@pytest.fixture
def page(bot, slack):
    return Page(bot, slack)


@pytest.fixture
def lost(slack):
    """The next answer to a post is lost on its way, or worse."""
    return lambda kind="close_done", **more: slack.faults.add("chat.postMessage", kind, **more)


@pytest.fixture
def unlooked(slack):
    """The next looks into the channel fail."""
    return lambda kind, **more: slack.faults.add("conversations.history", kind, **more)


@pytest.fixture
def looks(slack):
    return lambda: len(slack.called("conversations.history"))


@pytest.fixture
def overtaken(page, lost):
    """Nobody knows whether people read that the page was behind, and it no longer is."""

    def happens(kind="close_done"):
        lost(kind)
        page.behind()
        page.pass_by(14)
        page.well()

    return happens


@pytest.fixture
def good_news(page, lost):
    """People read that the page was behind; then it is well, which something happens to."""

    def happens(kind=None):
        page.behind()
        page.pass_by(14)
        page.well()
        page.pass_by(56)
        if kind:
            lost(kind)
        page.pass_by(8)

    return happens


@pytest.mark.parametrize("kind", DONE)
def test_who_may_have_read_that_the_page_is_behind_reads_that_it_is_well(overtaken, page, kind):
    overtaken(kind)
    page.pass_by(300)
    assert page.told() == ["behind", "well"]


@pytest.mark.parametrize("kind", NOT_DONE)
def test_good_news_is_for_those_who_read_the_bad(overtaken, page, kind):
    overtaken(kind)
    page.pass_by(300)
    assert page.told() == []
    page.behind()
    page.pass_by(14)
    assert page.told() == ["behind"]


@pytest.mark.parametrize("kind", DONE)
def test_who_may_have_read_that_the_page_is_well_reads_that_it_is_behind(good_news, page, kind):
    good_news(kind)
    assert page.told() == ["behind", "well"]
    page.behind()
    page.pass_by(300)
    assert page.told() == ["behind", "well", "behind"]
    page.well()
    page.pass_by(300)
    assert page.told() == ["behind", "well", "behind", "well"]


@pytest.mark.parametrize("kind", NOT_DONE)
def test_good_news_that_nobody_read_is_told_when_it_is_true_again(good_news, page, kind):
    good_news(kind)
    page.behind()
    page.pass_by(300)
    assert page.told() == ["behind"]
    page.well()
    page.pass_by(300)
    assert page.told() == ["behind", "well"]


def test_a_hiccup_after_lost_good_news_is_not_told(good_news, page, looks):
    good_news("close_done")
    page.pass_by(22)
    page.behind()
    page.pass_by(8)
    assert looks() == 1
    page.well()
    page.pass_by(300)
    assert page.told() == ["behind", "well"]


def test_old_good_news_is_not_taken_for_new(good_news, page):
    good_news()
    good_news("close")
    assert page.told() == ["behind", "well", "behind"]
    page.pass_by(60)
    assert page.told() == ["behind", "well", "behind", "well"]


def test_another_reason_does_not_tell_it_twice(lost, page):
    lost()
    page.behind()
    page.pass_by(14)
    page.becomes(error="it does not answer")
    page.pass_by(300)
    assert page.told() == ["behind"]
    page.well()
    page.pass_by(300)
    assert page.told() == ["behind", "well"]


def test_a_flap_while_nobody_knows_is_one_story(overtaken, page):
    overtaken()
    page.pass_by(4)
    page.behind()
    page.pass_by(60)
    assert page.told() == ["behind"]
    page.well()
    page.pass_by(300)
    assert page.told() == ["behind", "well"]


def test_what_came_back_meanwhile_forgets_no_bad_news(overtaken, page):
    overtaken()
    page.gets_back("Two updates came back.")
    page.pass_by(300)
    behind, report, well = page.texts()
    assert "is behind since" in behind
    assert report == "Two updates came back."
    assert "is up to date again" in well


def test_what_came_back_forgets_no_bad_news_that_goes_on(lost, page):
    lost()
    page.behind()
    page.pass_by(14)
    page.gets_back("Two updates came back.")
    page.pass_by(300)
    behind, report = page.texts()
    assert "is behind since" in behind
    assert report == "Two updates came back."


def test_more_that_came_back_is_told_though_the_first_of_it_may_have_been(lost, page):
    lost()
    page.gets_back("Two updates came back.")
    page.gets_back("Another came back.")
    page.pass_by(100)
    assert page.texts()[1:] == ["Two updates came back.\n\nAnother came back."]


@pytest.mark.parametrize("kind", ["html", "close", "body"])
def test_a_look_that_fails_is_taken_again(overtaken, unlooked, page, looks, kind):
    overtaken()
    unlooked(kind, times=2)
    page.pass_by(40)
    assert looks() == 1
    page.pass_by(300)
    assert looks() == 3
    assert page.told() == ["behind", "well"]


def test_a_rate_limit_of_the_look_is_kept_to(overtaken, unlooked, page, looks):
    overtaken()
    unlooked("ratelimited", seconds=120)
    page.pass_by(140)
    assert looks() == 1
    page.pass_by(120)
    assert looks() == 2
    assert page.told() == ["behind", "well"]


def test_who_may_not_look_says_rather_too_much(overtaken, unlooked, page):
    overtaken()
    unlooked("error", times=None, error="missing_scope")
    page.pass_by(300)
    assert page.told() == ["behind", "well"]


def test_a_database_that_is_away_after_the_look_costs_nothing(overtaken, page, monkeypatch, clock):
    overtaken()
    clock.pass_by(seconds=31)
    with monkeypatch.context() as patched:
        patched.setattr("storage.publications.Publications.told", _gone)
        with pytest.raises(LedgerUnavailable):
            page.look()
    page.pass_by(300)
    assert page.told() == ["behind", "well"]


def _gone(*_):
    raise LedgerUnavailable("gone")


def test_who_heard_is_told_the_end_though_another_channel_had_to_wait(make_bot, slack, lost):
    page = Page(make_bot(channels=("C00000GEN", INCIDENTS)), slack)
    slack.join("duckrow", "#general")
    lost("ratelimited", seconds=60)
    page.behind()
    page.pass_by(14)
    page.well()
    assert (page.told(), page.told("#general")) == (["behind"], [])
    page.pass_by(300)
    assert page.told() == ["behind", "well"]


def test_one_channel_that_read_it_is_enough_to_go_on(make_bot, slack, lost, unlooked):
    page = Page(make_bot(channels=("C00000GEN", INCIDENTS)), slack)
    slack.join("duckrow", "#general")
    lost(times=2)
    unlooked("ratelimited", seconds=900)
    page.behind()
    page.pass_by(14)
    page.well()
    page.pass_by(300)
    assert (page.told(), page.told("#general")) == (["behind", "well"], ["behind"])
    page.pass_by(700)
    assert (page.told(), page.told("#general")) == (["behind", "well"], ["behind", "well"])


def test_what_another_process_told_to_its_end_is_not_told_again(make_bot, slack, overtaken, page):
    overtaken()
    other = Page(make_bot(), slack)
    other.behind()
    other.pass_by(14)
    other.well()
    other.pass_by(70)
    told = page.told()
    assert told == ["behind", "behind", "well"]
    page.pass_by(300)
    assert page.told() == told


def test_a_successor_goes_on_from_the_ledger(overtaken, make_bot, slack):
    overtaken()
    successor = Page(make_bot(), slack)
    successor.pass_by(100)
    assert successor.told() == ["behind"]
    successor.behind()
    successor.pass_by(300)
    assert successor.told() == ["behind", "behind"]
