"""The Atom feed, as readers and Statuspage's clients take it."""

from datetime import timedelta

import feedparser
import pytest

from bot.core.status import Phase
from tests.support.maintenance import plan
from tests.support.telling import NOON, cause, edit, open_incident, retract, tell


@pytest.fixture
def feed(desk):
    """Publishes, and reads the feed."""

    def read():
        desk.sync()
        parsed = feedparser.parse(desk.site.read("history.atom"))
        assert not parsed.bozo, parsed.get("bozo_exception")
        return parsed

    return read


def test_the_feed_says_whose_it_is(desk, feed):
    open_incident(desk.database)
    head = feed().feed
    assert head.id == "tag:127.0.0.1,2005:/history"
    assert head.title == "Coursera Status - Incident History"
    assert head.author == "Coursera"
    links = {link.rel: link.href for link in head.links}
    assert links == {
        "alternate": "http://127.0.0.1:8000/",
        "self": "http://127.0.0.1:8000/history.atom",
    }
    assert head.updated == "2013-02-22T20:00:00Z"


def test_an_entry_has_statuspages_very_shape(desk):
    one = open_incident(desk.database, text="First & <https://example.org|link>.\nMore.")
    tell(desk.database, 1, Phase.RESOLVED, text="Over.", at=NOON.replace(day=23))
    desk.sync()
    feed = desk.site.read("history.atom").decode()
    assert feed.partition("  <entry>")[2].partition("</entry>")[0] == ENTRY.format(one.id)


ENTRY = """
    <id>tag:127.0.0.1,2005:Incident/{0}</id>
    <published>2013-02-23T20:00:00Z</published>
    <updated>2013-02-23T20:00:00Z</updated>
    <link rel="alternate" type="text/html" href="http://127.0.0.1:8000/incidents/{0}/"/>
    <title>Site Outage</title>
    <content type="html">\
&lt;p&gt;&lt;small&gt;Feb &lt;var data-var='date'&gt;23&lt;/var&gt;, \
&lt;var data-var='time'&gt;12:00&lt;/var&gt; PST&lt;/small&gt;&lt;br&gt;\
&lt;strong&gt;Resolved&lt;/strong&gt; - Over.&lt;/p&gt;\
&lt;p&gt;&lt;small&gt;Feb &lt;var data-var='date'&gt;22&lt;/var&gt;, \
&lt;var data-var='time'&gt;12:00&lt;/var&gt; PST&lt;/small&gt;&lt;br&gt;\
&lt;strong&gt;Investigating&lt;/strong&gt; - \
First &amp;amp; link (https://example.org).&lt;br /&gt;More.&lt;/p&gt;</content>
  """


def test_a_day_of_one_digit_is_padded_with_a_blank(desk):
    open_incident(desk.database, display_at=NOON.replace(day=5))
    desk.sync()
    assert "data-var='date'&gt; 5&lt;" in desk.site.read("history.atom").decode()


def test_the_first_label_says_how_it_stands(desk, feed):
    open_incident(desk.database)
    tell(desk.database, 1, text="No news.")
    assert "<strong>Update</strong>" in feed().entries[0].content[0].value.partition("</p>")[0]
    tell(desk.database, 1, Phase.RESOLVED)
    assert "<strong>Resolved</strong>" in feed().entries[0].content[0].value.partition("</p>")[0]


def test_entries_are_revised_in_place(desk, feed):
    open_incident(desk.database)
    before = feed().entries[0]
    edit(desk.database, 1, "Corrected.", at=NOON + timedelta(hours=1))
    (after,) = feed().entries
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated > before.updated


def test_the_newest_25_stand_by_their_newest_update_maintenances_too(desk, feed):
    for number in range(25):
        at = NOON + timedelta(minutes=number)
        one = open_incident(desk.database, f"Trouble {number}", at=at)
        tell(desk.database, one.number, Phase.RESOLVED, at=at)
    plan(desk.database, at=NOON + timedelta(hours=1))
    tell(desk.database, 3, Phase.INVESTIGATING, reopening=True, at=NOON + timedelta(hours=2))
    titles = [entry.title for entry in feed().entries]
    assert len(titles) == 25
    assert titles[:3] == ["Trouble 2", "Moving house", "Trouble 24"]


def test_a_withdrawn_report_stays_as_that(desk, feed):
    one = open_incident(desk.database, "A mistake")
    before = feed().entries[0].id
    retract(desk.database, one.number, at=NOON + timedelta(days=1))
    (entry,) = feed().entries
    assert (entry.id, entry.title) == (before, "Withdrawn report")
    assert entry.published == entry.updated == "2013-02-23T20:00:00Z"
    assert "<strong>Resolved</strong> - This report was withdrawn." in entry.content[0].value


def test_a_second_poll_shows_nothing_new(desk, feed):
    open_incident(desk.database)
    first = feed()
    desk.sync()
    assert feed().entries == first.entries


def test_a_page_whose_name_says_status_does_not_say_it_twice(desk, feed):
    open_incident(desk.database)
    with desk.database.telling(cause("settings", at=desk.now())) as ledger:
        ledger.configure(name="Example Status")
    assert feed().feed.title == "Example Status - Incident History"
