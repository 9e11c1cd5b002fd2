"""Every hostile string in every field, and what comes out of every output: the same words, inert.

The pages' elements are compared elsewhere (tests/gallery/test_hostile.py, with a thousand more
strings); here each output is read by a real reader of its format, and says exactly what was said.
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
from bot.commands import Call
from bot.core.errors import Refusal
from bot.core.incident import Author
from bot.core.page import PageLink
from bot.core.status import Kind
from bot.core.text import clean, clean_name, escape_slack, to_html, to_plain
from bot.publish import Publisher, open_target
from bot.slack import blocks
from bot.slack.blocks import Scene
from storage.database import Database
from tests.support.dom import parse
from tests.support.exports import exported, imported, said
from tests.support.hostile import HOSTILE, LONGEST, check_words
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


TEXTS = [one for one in (admitted(each, clean, limit=3000) for each in (*HOSTILE, LONGEST)) if one]
NAMES = [one for each in HOSTILE if (one := admitted(each[:150], clean_name, limit=200))]


@dataclass(frozen=True)
class Told:
    """A ledger full of hostile words, and the page that was made of it."""

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


def tell(database: Database) -> None:
    """Each text and name once in each field that takes one."""
    words = replace(a_page(), name=NAMES[0], about=TEXTS[1], headline=NAMES[2])
    links = tuple(PageLink(name, "https://example.com/?a=1&b=%22") for name in NAMES[3:6])
    database.begin(replace(words, links=links))
    with database.telling(cause("components")) as ledger:
        for at, name in enumerate(NAMES, start=1):
            group = a_component(f"g{at}", 2 * at, ledger.at, is_group=True)
            child = a_component(f"c{at}", 1, ledger.at, group=group.id)
            ledger.add_component(replace(group, name=name))
            ledger.add_component(replace(child, name=name, description=name))
    for at, text in enumerate(TEXTS):
        name = NAMES[at % len(NAMES)]
        author = Author("U0ANA", f"Nobody outside {name}")
        opened = _say(database, author, at, f"open c{at % len(NAMES) + 1}=down Title\n{text}")
        if number := re.match(r"Saved as (#[0-9]+)", opened):
            _say(database, author, at, f"rename {number[1]} {escape_slack(name)}")
            _say(database, author, at, f"update {number[1]} {escape_slack(text)}")
            if at % 2:
                _say(database, author, at, f"resolve {number[1]} {escape_slack(text)}")
    for at, name in enumerate(NAMES, start=1):
        plan(database, name, at=NOON + timedelta(hours=20), of=f"c{at}")


def _say(database: Database, author: Author, at: int, line: str) -> str:
    moment = NOON + timedelta(minutes=10 * at)
    call = Call(f"{at} {line}"[:200], line, author, "C0INCIDENTS", moment)
    return commands.run(call, database).text


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("told")
    with closing(Database(f"sqlite:///{folder / 'ledger.db'}")) as database:
        database.migrate()
        tell(database)
        site = Published(folder / "public")
        Publisher(database, open_target(str(site.root)), "outputs").sync(NOON + timedelta(days=1))
        yield Told(database, site)


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
    assert len(told.incidents()) > len(HOSTILE)
    assert len(NAMES) > len(HOSTILE) - 4


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
    assert summary["page"]["name"] == NAMES[0]
    assert {one["name"] for one in summary["components"]} == set(NAMES)
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
    assert titles <= {incident.title for incident in told.incidents()}


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


@pytest.mark.parametrize("line", ["list", "page", "components", "show #{}", "timeline #{}"])
def test_no_answer_in_slack_mentions_anybody(told, line):
    for incident in told.incidents():
        call = Call("look", line.format(incident.number), ANA, "C0INCIDENTS", NOON)
        assert not LIVE.search(commands.run(call, told.database).text)


def test_a_refusal_hands_back_what_was_typed_and_mentions_nobody(told):
    for text in (*HOSTILE, "x" * 40_000, "\0", "a\r\nb\x1b[2J"):
        typed = escape_slack(text)
        call = Call("refused", f"frobnicate {typed}", ANA, "C0INCIDENTS", NOON)
        answer = commands.run(call, told.database)
        assert answer.refused
        assert not LIVE.search(answer.text)


def test_every_string_comes_through_both_databases_and_an_export_unchanged(told, database_url):
    """The audit is part of it: an export holds every row."""
    first = exported(told.database)
    assert all(line.isascii() or line.decode().isprintable() for line in first.splitlines())
    with closing(Database(database_url)) as other:
        other.migrate()
        imported(other, first)
        assert said(exported(other))[1:-1] == said(first)[1:-1]
