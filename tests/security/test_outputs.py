"""Every hostile string in every field, and what comes out of every output: the same words, inert.

The pages' elements are compared elsewhere (tests/gallery/test_hostile.py); here each output is read
by a real reader of its format, and says exactly what was said. Our own strings are told one by one.
The naughty ones, of which there are hundreds, stand several to a text or a name in a ledger of
their own, and one by one where no ledger is needed.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from bot import commands
from bot.commands import Answer, Call
from bot.core.errors import Refusal
from bot.core.incident import Author
from bot.core.page import PageLink
from bot.core.status import Kind
from bot.core.text import clean, clean_name, escape_slack, to_html, to_plain
from bot.publish import Publisher, open_target
from bot.slack import blocks
from bot.slack.blocks import Scene
from storage.database import Database
from tests.slack.test_blocks import scene as a_scene
from tests.slack.test_blocks import update as an_update
from tests.support.dom import parse
from tests.support.exports import exported, imported, said
from tests.support.hostile import (
    HOSTILE,
    LONGEST,
    check_address,
    check_feed,
    check_words,
    naughty_strings,
)
from tests.support.maintenance import plan
from tests.support.published import Published
from tests.support.telling import ANA, NOON, a_component, a_page, cause

ATOM = "{http://www.w3.org/2005/Atom}"
LIVE = re.compile(r"<(?!https?://|mailto:|!date\^)")  # what Slack would bring to life
SAFE_PATH = re.compile(r"(?:[a-z0-9_-]+/)*(?:[a-z0-9_-]+\.[a-z]+|_headers)")
DOUBLED = re.compile("&amp;(?:amp|lt|gt);")
SVG_ELEMENTS = {"svg", "path", "title", "rect", "text", "g", "linearGradient", "stop", "clipPath"}
INSIDE = ("U0ANA", "C0INCIDENTS", "Nobody outside")  # ids, and how every author's name begins


def admitted(words: str, check: Callable[..., str], **limits: int) -> str | None:
    """The words as they would be stored, or None where they are refused."""
    try:
        return check(words, what="words", **limits)
    except Refusal:
        return None


@dataclass(frozen=True)
class Words:
    """What is told, as it is admitted: enough of both for every field."""

    texts: list[str]
    names: list[str]


def our_own() -> Words:
    texts = [admitted(each, clean, limit=3000) for each in (*HOSTILE, LONGEST)]
    names = [admitted(each[:150], clean_name, limit=200) for each in HOSTILE]
    return Words([one for one in texts if one], [one for one in names if one])


def naughty() -> Words:
    """All that is admitted: paragraphs of texts, and names of several; a long one is many names."""
    texts = [one for each in naughty_strings() if (one := admitted(each, clean, limit=3000))]
    names = [
        one
        for each in naughty_strings()
        for part in range(0, len(each), 150)
        if (one := admitted(each[part : part + 150], clean_name, limit=200))
    ]
    return Words(packed(texts, "\n\n", 900), packed(names, " ", 200))


def packed(every: list[str], between: str, limit: int) -> list[str]:
    """The strings in order, as few longer ones; each within the limit, if its parts are."""
    packs: list[str] = []
    for one in every:
        if packs and len(packs[-1]) + len(between) + len(one) <= limit:
            packs[-1] += between + one
        else:
            packs.append(one)
    return packs


@dataclass(frozen=True)
class Told:
    """A ledger full of hostile words, and the page that was made of it."""

    words: Words
    database: Database
    site: Published

    def components(self):
        with self.database.read() as ledger:
            return ledger.components

    def incidents(self):
        with self.database.read() as ledger:
            return [
                one for n in range(1, ledger.count_incidents() + 1) if (one := ledger.incident(n))
            ]


def tell(database: Database, told: Words) -> None:
    """Each text and name once in each field that takes one."""
    words = replace(a_page(), name=told.names[0], about=told.texts[1], headline=told.names[2])
    links = tuple(PageLink(name, "https://example.com/?a=1&b=%22") for name in told.names[3:6])
    database.begin(replace(words, links=links))
    with database.telling(cause("components")) as ledger:
        for at, name in enumerate(told.names, start=1):
            group = a_component(f"g{at}", 2 * at, ledger.at, is_group=True)
            child = a_component(f"c{at}", 1, ledger.at, group=group.id)
            ledger.add_component(replace(group, name=name))
            ledger.add_component(replace(child, name=name, description=name))
    for at, text in enumerate(told.texts):
        name = told.names[at % len(told.names)]
        author = Author("U0ANA", f"Nobody outside {name}")
        opened = _say(database, author, at, f"open c{at % len(told.names) + 1}=down Title\n{text}")
        if number := re.match(r"Saved as (#[0-9]+)", opened):
            _say(database, author, at, f"rename {number[1]} {escape_slack(name)}")
            _say(database, author, at, f"update {number[1]} {escape_slack(text)}")
            if at % 2:
                _say(database, author, at, f"resolve {number[1]} {escape_slack(text)}")
    for at, name in enumerate(told.names, start=1):
        plan(database, name, at=NOON + timedelta(hours=20), of=f"c{at}")


def _say(database: Database, author: Author, at: int, line: str) -> str:
    moment = NOON + timedelta(minutes=10 * at)
    call = Call(f"{at} {line}"[:200], line, author, "C0INCIDENTS", moment)
    return commands.run(call, database).text


@pytest.fixture(scope="module", params=[our_own, naughty], ids=lambda one: one.__name__)
def told(request, tmp_path_factory) -> Iterator[Told]:
    words = request.param()
    folder = tmp_path_factory.mktemp("told")
    with closing(Database(f"sqlite:///{folder / 'ledger.db'}")) as database:
        database.migrate()
        tell(database, words)
        site = Published(folder / "public")
        Publisher(database, open_target(str(site.root)), "outputs").sync(NOON + timedelta(days=1))
        yield Told(words, database, site)


def marked_up(message: blocks.Message) -> Iterator[str]:
    """Every text in a message that Slack reads as markup."""
    yield message.text
    for block in message.blocks:
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        yield from (part["text"] for part in parts if part and part["type"] == "mrkdwn")


def at(told: Told, ending: str) -> list[str]:
    found = sorted(path for path in told.site.paths() if path.endswith(ending))
    assert found, f"no {ending} is published: this shows nothing"
    return found


def test_most_of_the_strings_are_told_at_all(told):
    assert len(told.incidents()) >= len(told.words.texts) + len(told.words.names) - 1
    assert len(our_own().names) > len(HOSTILE) - 4
    names, texts = "".join(naughty().names), "".join(naughty().texts)
    assert sum(one in texts for one in naughty_strings()) > len(naughty_strings()) - 20
    assert len(names) > 0.9 * len("".join(naughty_strings()))


def test_no_path_is_made_of_words(told):
    assert [path for path in told.site.paths() if not SAFE_PATH.fullmatch(path)] == []


def test_nothing_of_the_inside_is_in_any_document(told):
    for path, body in told.site.all_bytes().items():
        for inside in INSIDE:
            assert inside.encode() not in body, (path, inside)


def test_pages_hold_text_and_say_what_was_said(told):
    pages = dict(told.site.pages())
    for page in pages.values():
        check_words(page)
    for incident in told.incidents():
        page = pages[f"incidents/{incident.id}/index.html"]
        assert " ".join(incident.title.split()) in page.text
        for update in incident.standing:
            said = " ".join(parse(f"<div>{to_html(update.text)}</div>").text.split())
            assert said in page.text, update.text


def test_json_says_exactly_what_was_said(told):
    for path in at(told, ".json"):
        json.loads(told.site.read(path))
    summary = told.site.json("api/v2/summary.json")
    assert summary["page"]["name"] == told.words.names[0]
    assert {one["name"] for one in summary["components"]} == set(told.words.names)
    for incident in told.incidents():
        document = told.site.json(f"api/v2/incidents/{incident.id}.json")
        shown = document.get("incident", document)
        assert shown["name"] == incident.title
        bodies = [one["body"] for one in shown["incident_updates"]]
        assert bodies == [to_plain(one.text) for one in reversed(incident.standing)]


def test_feeds_and_other_xml_say_exactly_what_was_said(told):
    for ending in (".atom", ".rss", ".xml", ".svg"):
        for path in at(told, ending):
            tree = ET.fromstring(told.site.read(path))
            assert not [one for one in tree.iter() if one.tag.endswith("script")]
            assert not [name for one in tree.iter() for name in one.attrib if name.startswith("on")]
    feed = ET.fromstring(told.site.read("history.atom"))
    titles = {entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")}
    assert titles
    assert titles <= {incident.title for incident in told.incidents()}


def test_the_html_within_feeds_is_text_and_says_what_was_said(told):
    for path in (*at(told, ".atom"), *at(told, ".rss")):
        tree = ET.fromstring(told.site.read(path))
        within = [*tree.iter(f"{ATOM}content"), *tree.findall("channel/item/description")]
        assert within, f"{path} tells nothing: this shows nothing"
        for html in within:
            check_feed(html.text or "")
    incidents = {incident.id: incident for incident in told.incidents()}
    for entry in ET.fromstring(told.site.read("history.atom")).iter(f"{ATOM}entry"):
        identity = (entry.findtext(f"{ATOM}id") or "").rpartition("/")[2]
        words = letters(parse(entry.findtext(f"{ATOM}content") or "").text)
        for update in incidents[identity].standing:
            assert letters(to_plain(update.text)) in words


def letters(text: str) -> str:
    """Without blanks, which HTML collapses, and what turns the direction, which feeds leave out."""
    return re.sub(r"[\s\u202a-\u202e\u2066-\u2069]", "", text)


def test_the_calendar_says_exactly_what_was_said_in_lines_that_fit(told):
    body = told.site.read("calendar.ics")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    events = list(Calendar.from_ical(body).walk("VEVENT"))
    titles = {one.title for one in told.incidents() if one.kind is Kind.MAINTENANCE}
    assert {str(event["SUMMARY"]) for event in events} == titles


def test_badges_say_no_more_than_a_status(told):
    for path in at(told, ".svg"):
        tree = ET.fromstring(told.site.read(path))
        assert {one.tag.rpartition("}")[2] for one in tree.iter()} <= SVG_ELEMENTS


def test_no_message_in_slack_mentions_anybody_or_escapes_twice(told):
    with told.database.read() as ledger:
        page, names = ledger.page, {one.id: one.name for one in ledger.components}
    for incident in told.incidents():
        scene = Scene(incident, page, names)
        messages = [blocks.root(scene), *(blocks.update(scene, one) for one in incident.updates)]
        messages += [blocks.closing(scene, one) for one in incident.updates]
        spoken = [names[one] for one in incident.statuses]
        words = [incident.title, *spoken, *(one.text for one in incident.updates)]
        typed_entities = any("&" in to_plain(one) for one in words)
        for text in (text for message in messages for text in marked_up(message)):
            assert not LIVE.search(text), text
            assert typed_entities or not DOUBLED.search(text), text


def test_each_string_by_itself_is_inert_in_slack():
    """Nothing that stands beside it in a text quotes it, or ends it."""
    for words in (*HOSTILE, LONGEST, *naughty_strings()):
        text = admitted(words, clean, limit=3000) or ""
        name = admitted(words[:150], clean_name, limit=200) or "Title"
        said = replace(an_update(text=text), author=Author("U0ANA", name))
        scene = replace(a_scene(said, title=name), names={"c1": name})
        for message in (blocks.root(scene), blocks.update(scene, said)):
            assert not [one for one in marked_up(message) if LIVE.search(one)], words


@pytest.mark.parametrize("line", ["list", "page", "components"])
def test_no_answer_in_slack_mentions_anybody(told, line):
    assert not LIVE.search(answer(told, line).text)


@pytest.mark.parametrize("line", ["show #{}", "timeline #{}"])
def test_no_answer_about_an_incident_mentions_anybody(told, line):
    for incident in told.incidents():
        assert not LIVE.search(answer(told, line.format(incident.number)).text)


def test_a_refusal_hands_back_what_was_typed_and_mentions_nobody(told):
    for text in (*HOSTILE, *naughty_strings(), "x" * 40_000, "\0", "a\r\nb\x1b[2J"):
        refused = answer(told, f"frobnicate {escape_slack(text)}")
        assert refused.refused
        assert not LIVE.search(refused.text)


def answer(told: Told, line: str) -> Answer:
    return commands.run(Call("look", line, ANA, "C0INCIDENTS", NOON), told.database)


def test_every_string_comes_through_both_databases_and_an_export_unchanged(told, database_url):
    """The audit is part of it: an export holds every row."""
    first = exported(told.database)
    assert all(line.isascii() or line.decode().isprintable() for line in first.splitlines())
    with closing(Database(database_url)) as other:
        other.migrate()
        imported(other, first)
        assert said(exported(other))[1:-1] == said(first)[1:-1]


@pytest.mark.parametrize("address", ["//evil.example", r"/\evil.example", "javascript:x", "x.html"])
def test_an_address_that_leads_elsewhere_is_found(address):
    with pytest.raises(AssertionError):
        check_address(parse(f'<a href="{address}">x</a>').one("a"))


@pytest.mark.parametrize("html", ["<img src=/x>", "<p onclick=x>y</p>", '<a href="//evil">x</a>'])
def test_what_a_feed_may_not_hold_is_found(html):
    with pytest.raises(AssertionError):
        check_feed(html)
