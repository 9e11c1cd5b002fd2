"""What every feed keeps, and what tells of updates, components and RSS readers."""

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest

from bot.core.status import ComponentStatus, Phase
from tests.support.maintenance import plan
from tests.support.telling import NOON, a_component, cause, edit, open_incident, retract, tell

ATOM = "{http://www.w3.org/2005/Atom}"
DOWN = {"www": ComponentStatus.MAJOR_OUTAGE}
FEEDS = ("history.atom", "history.rss", "updates.atom", "components/www/history.atom")
ATOM_FEEDS = tuple(path for path in FEEDS if path.endswith(".atom"))
URL = "http://127.0.0.1:8000/"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
RFC_822 = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
HOSTILE = (
    "]]> <![CDATA[ <script>alert(1)</script> &amp;",
    "\x00\x08\x1f\ufffe end",
    "\u202egnp.exe\u2066 مرحبا",
    "👩\u200d🚒 🦆\ufe0f",
    "é" * 3000,
)


@pytest.fixture
def read(desk):
    """Publishes, and reads a feed."""

    def read(path):
        desk.sync()
        parsed = feedparser.parse(desk.site.read(path))
        assert not parsed.bozo, parsed.get("bozo_exception")
        return parsed

    return read


@pytest.fixture
def story(desk):
    """An incident with two updates, and a maintenance that is announced."""
    one = open_incident(desk.database, statuses=DOWN)
    tell(desk.database, one.number, Phase.IDENTIFIED, at=desk.now(), statuses=DOWN)
    plan(desk.database, at=desk.now())
    return one


def check_atom(root):
    """RFC 4287's required elements, and those we promise."""
    for said in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(said.findall(ATOM + name)) == 1, name
        assert STAMP.fullmatch(said.findtext(f"{ATOM}updated"))
        assert said.findtext(f"{ATOM}id").startswith("tag:127.0.0.1,2005:")
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    for entry in root.findall(f"{ATOM}entry"):
        assert STAMP.fullmatch(entry.findtext(f"{ATOM}published"))
        assert entry.find(f"{ATOM}content").attrib == {"type": "html"}
        assert entry.find(f"{ATOM}link").attrib["href"].startswith(f"{URL}incidents/")


def check_rss(root):
    """RSS 2.0's required elements, and Statuspage's order of an item's."""
    channel = root.find("channel")
    assert [one.tag for one in channel][:4] == ["title", "link", "description", "pubDate"]
    for item in channel.findall("item"):
        tags = [one.tag for one in item if one.tag != "maintenanceEndDate"]
        assert tags == ["title", "description", "pubDate", "link", "guid"]
        assert item.findtext("guid") == item.findtext("link")
        assert item.find("guid").attrib == {}
    for date in (*root.iter("pubDate"), *root.iter("maintenanceEndDate")):
        assert RFC_822.fullmatch(date.text)


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_has_every_element_that_readers_need(desk, read, path):
    feed = read(path).feed
    root = ET.fromstring(desk.site.read(path))
    (check_rss if path.endswith(".rss") else check_atom)(root)
    assert [link.href for link in feed.links if link.rel == "self"] == [URL + path]


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("path", FEEDS)
def test_ids_are_unique_and_for_good(desk, read, path):
    before = [entry.id for entry in read(path).entries]
    assert len(set(before)) == len(before) > 1
    edit(desk.database, 1, "Corrected.", at=desk.now())
    with desk.database.telling(cause("settings", at=desk.now())) as ledger:
        ledger.configure(name="Another")
    assert [entry.id for entry in read(path).entries] == before


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("path", FEEDS)
def test_a_second_poll_is_the_same_to_the_byte(desk, read, path):
    read(path)
    before = desk.site.read(path)
    desk.publisher.full(desk.now())
    assert desk.site.read(path) == before


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("path", FEEDS)
def test_an_edit_shows(desk, read, path):
    read(path)
    edit(desk.database, 1, "Corrected words.", at=NOON + timedelta(days=1))
    (entry,) = [one for one in read(path).entries if "Corrected words." in body(one)]
    if path.endswith(".atom"):
        assert entry.updated == "2013-02-23T20:00:00Z"


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("path", FEEDS)
def test_a_resolve_shows(desk, read, path):
    before = {entry.id for entry in read(path).entries}
    tell(desk.database, 1, Phase.RESOLVED, text="It is over.", at=desk.now())
    entries = read(path).entries
    assert any("It is over." in body(one) for one in entries)
    assert ({entry.id for entry in entries} != before) == (path == "updates.atom")


def body(entry):
    return entry.content[0].value if "content" in entry else entry.summary


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_break_no_feed(desk, read, words):
    with desk.database.telling(cause("settings", at=desk.now())) as ledger:
        ledger.configure(name=f"N {words}")
        ledger.add_component(replace(a_component("odd", 9, ledger.at), name=f"C {words}"))
    odd = {"odd": ComponentStatus.MAJOR_OUTAGE}
    open_incident(desk.database, f"T {words}", text=f"X {words}", statuses=odd)
    for path in (*FEEDS[:3], "components/odd/history.atom"):
        (entry,) = read(path).entries
        assert entry.title.startswith("T ")
        assert "<script" not in body(entry)
        ET.fromstring(desk.site.read(path))


# --- one entry per update


def test_each_update_is_an_entry_of_its_own_with_its_changes(desk, read):
    one = open_incident(desk.database, statuses=DOWN)
    tell(desk.database, one.number, Phase.RESOLVED, text="_Over._", at=desk.now())
    resolved, opened = read("updates.atom").entries
    assert [resolved.title, opened.title] == ["Site Outage: Resolved", "Site Outage: Investigating"]
    assert "<em>Over.</em>" in body(resolved)
    assert "www: operational → major outage" in body(opened)
    assert opened.link == f"{URL}incidents/{one.id}/#update-{one.updates[0].id}"


def test_a_retracted_update_is_gone_and_a_withdrawn_report_is_told_of(desk, read):
    open_incident(desk.database, "A mistake")
    tell(desk.database, 1, text="Wrong too.", at=desk.now())
    first = read("updates.atom").entries[1].id
    retract(desk.database, 1, at=desk.now())
    assert [one.id for one in read("updates.atom").entries] == [first]
    retract(desk.database, 1, at=NOON + timedelta(days=1))
    (entry,) = read("updates.atom").entries
    assert entry.id != first
    assert (entry.title, entry.published) == ("Withdrawn report: Resolved", "2013-02-23T20:00:00Z")


def test_the_newest_50_updates_stand_in_the_order_they_are_shown(desk, read):
    open_incident(desk.database)
    for minute in range(1, 60):
        tell(desk.database, 1, text=f"Minute {minute}.", at=NOON + timedelta(minutes=minute))
    told = [body(entry) for entry in read("updates.atom").entries]
    assert told == [f"<p>Minute {minute}.</p>" for minute in range(59, 9, -1)]


# --- a component's own


def test_a_components_feed_tells_of_what_names_it_and_of_nothing_else(desk, read):
    open_incident(desk.database, "Down", statuses=DOWN)
    open_incident(desk.database, "Elsewhere", statuses={"class": ComponentStatus.MAJOR_OUTAGE})
    old = NOON - timedelta(days=1000)
    tell(desk.database, 1, Phase.RESOLVED, at=desk.now())
    open_incident(desk.database, "Long ago", display_at=old, statuses=DOWN)
    tell(desk.database, 3, Phase.RESOLVED, display_at=old, at=desk.now())
    feed = read("components/www/history.atom")
    assert feed.feed.title == "Coursera Status: www - Incident History"
    assert [one.title for one in feed.entries] == ["Down"]
    assert read("components/course-explorer/history.atom").entries == []


def test_a_components_feed_goes_on_telling_what_was_withdrawn_or_no_longer_names_it(desk, read):
    one = open_incident(desk.database, "A mistake", statuses=DOWN)
    open_incident(desk.database, "Nearly one", at=desk.now())
    tell(desk.database, 2, text="www, too.", at=desk.now(), statuses=DOWN)
    path = "components/www/history.atom"
    before = read(path)
    retract(desk.database, one.number, at=NOON + timedelta(days=1))
    retract(desk.database, 2, at=NOON + timedelta(days=2))
    after = read(path)
    assert {entry.id for entry in after.entries} == {entry.id for entry in before.entries}
    assert [entry.title for entry in after.entries] == ["Withdrawn report", "Nearly one"]
    assert "www, too." not in desk.site.read(path).decode()
    assert (before.feed.updated, after.feed.updated) == (
        "2013-02-22T20:02:00Z",
        "2013-02-24T20:00:00Z",
    )


def test_a_components_feed_keeps_the_newest_25_and_never_goes_back_in_time(desk, read):
    for number in range(26):
        at = NOON + timedelta(minutes=number)
        one = open_incident(desk.database, f"Trouble {number}", at=at, statuses=DOWN)
        tell(desk.database, one.number, Phase.RESOLVED, at=at)
    tell(desk.database, 1, Phase.INVESTIGATING, reopening=True, at=NOON + timedelta(hours=1))
    feed = read("components/www/history.atom")
    assert [one.title for one in feed.entries[:2]] == ["Trouble 0", "Trouble 25"]
    assert len(feed.entries) == 25
    for hours in (2, 3):
        retract(desk.database, 1, at=NOON + timedelta(hours=hours))
    feed = read("components/www/history.atom")
    assert "Trouble 0" not in [one.title for one in feed.entries]
    assert feed.feed.updated == "2013-02-22T23:00:00Z"


# --- when a feed changed


@pytest.mark.parametrize("path", FEEDS)
def test_a_report_withdrawn_late_is_told_of_everywhere(desk, read, path):
    first = open_incident(desk.database, "A mistake", statuses=DOWN)
    for number in range(60):
        at = NOON + timedelta(minutes=number)
        open_incident(desk.database, f"Trouble {number}", at=at, statuses=DOWN)
    assert "A mistake" not in "".join(one.title for one in read(path).entries)
    retract(desk.database, first.number, at=NOON + timedelta(days=1))
    newest = read(path).entries[0]
    assert newest.title.startswith("Withdrawn report")
    assert newest.link.startswith(f"{URL}incidents/{first.id}/")


def test_what_is_taken_back_changes_the_feed(desk, read):
    open_incident(desk.database)
    tell(desk.database, 1, text="Wrong.", at=desk.now())
    assert read("updates.atom").feed.updated == "2013-02-22T20:01:00Z"
    retract(desk.database, 1, at=NOON + timedelta(days=1))
    assert read("updates.atom").feed.updated == "2013-02-23T20:00:00Z"


@pytest.mark.parametrize("path", ATOM_FEEDS)
def test_an_empty_feed_changes_when_something_is_told_and_not_by_itself(desk, read, path):
    before = read(path).feed.updated
    with desk.database.telling(cause("clock", at=NOON + timedelta(days=3))) as ledger:
        ledger.turn_day()
    assert read(path).feed.updated == before == "2013-02-22T20:00:00Z"


def test_another_title_changes_every_update_that_is_told_under_it(desk, read):
    open_incident(desk.database)
    with desk.database.telling(cause("rename", at=NOON + timedelta(hours=1))) as ledger:
        ledger.rename(ledger.incident(1), "Login trouble")
    tell(desk.database, 1, text="More.", at=NOON + timedelta(hours=2))
    entries = read("updates.atom").entries
    assert [one.updated for one in entries] == ["2013-02-22T22:00:00Z", "2013-02-22T21:00:00Z"]
    assert all(one.title.startswith("Login trouble: ") for one in entries)


# --- RSS


def test_an_item_has_statuspages_very_shape(desk):
    one = open_incident(desk.database, text='It\'s "down" & out.')
    desk.sync()
    feed = desk.site.read("history.rss").decode()
    assert feed.partition("    <item>")[2].partition("</item>")[0] == ITEM.format(one.id)


ITEM = """
      <title>Site Outage</title>
      <description>
&lt;p&gt;&lt;small&gt;Feb &lt;var data-var=&apos;date&apos;&gt;22&lt;/var&gt;, \
&lt;var data-var=&apos;time&apos;&gt;12:00&lt;/var&gt; PST&lt;/small&gt;&lt;br&gt;\
&lt;strong&gt;Investigating&lt;/strong&gt; - It&amp;#39;s &amp;#34;down&amp;#34; &amp;amp; out.\
&lt;/p&gt;      </description>
      <pubDate>Fri, 22 Feb 2013 12:00:00 -0800</pubDate>
      <link>http://127.0.0.1:8000/incidents/{0}/</link>
      <guid>http://127.0.0.1:8000/incidents/{0}/</guid>
    """


def test_a_maintenance_to_come_says_when_it_ends_and_that_it_is_planned(desk, read):
    planned = plan(desk.database)
    (item,) = read("history.rss").entries
    assert item.published == "Sat, 23 Feb 2013 12:00:00 -0800"
    assert item.maintenanceenddate == "Sat, 23 Feb 2013 14:00:00 -0800"
    assert body(item).startswith(
        "<p><strong>THIS IS A SCHEDULED EVENT Feb <var>23</var>, "
        "<var>12:00</var> - <var>14:00</var> PST</strong></p>"
    )
    tell(desk.database, planned.number, Phase.IN_PROGRESS, at=NOON + timedelta(days=1))
    (item,) = read("history.rss").entries
    assert "maintenanceenddate" not in item
    assert "SCHEDULED EVENT" not in body(item)


def test_a_window_past_midnight_names_both_days(desk):
    plan(desk.database, begins=NOON + timedelta(hours=11))
    desk.sync()
    said = "EVENT Feb &lt;var data-var=&apos;date&apos;&gt;22&lt;/var&gt;, "
    until = "- Feb &lt;var data-var=&apos;date&apos;&gt;23&lt;/var&gt;, "
    feed = desk.site.read("history.rss").decode()
    assert said in feed
    assert until in feed
