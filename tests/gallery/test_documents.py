"""Every document of every state is what its kind promises, by its name's ending."""

import gzip
import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

import brotli
import feedparser
import icalendar
import pytest

from bot.publish.documents import DOCUMENTS
from tests.support.contract import files_agree, keeps_the_contract
from tests.support.dom import parse
from tests.support.published import Published

SVG = "{http://www.w3.org/2000/svg}"


def html(body: bytes) -> None:
    assert parse(body.decode()).one("html")


def xml(body: bytes) -> None:
    ET.fromstring(body)


def feed(body: bytes) -> None:
    xml(body)
    read = feedparser.parse(body)
    assert not read.bozo, read.get("bozo_exception")
    assert read.feed.title
    ids = [entry.id for entry in read.entries]
    assert len(set(ids)) == len(ids)


def svg(body: bytes) -> None:
    assert ET.fromstring(body).tag == f"{SVG}svg"


def calendar(body: bytes) -> None:
    lines = body.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or len(line) > 75 for line in lines)
    read = icalendar.Calendar.from_ical(body)
    assert not read.errors
    for event in read.walk("VEVENT"):
        assert not event.errors
        assert event["UID"]
        assert event["DTSTAMP"]
        assert event.decoded("DTSTART") < event.decoded("DTEND")


def text(body: bytes) -> None:
    body.decode("ascii")


def any_json(body: bytes) -> None:
    assert isinstance(json.loads(body), dict)


CHECKS: dict[str, Callable[[bytes], None]] = {
    "text/html": html,
    "text/plain": text,
    "text/calendar": calendar,
    "application/json": any_json,
    "application/xml": xml,
    "application/atom+xml": feed,
    "application/rss+xml": feed,
    "image/svg+xml": svg,
}
KINDS = {
    document.path.rpartition(".")[2]: document.content_type.partition(";")[0]
    for document in DOCUMENTS
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.path)
def test_every_kind_of_document_has_a_check(document):
    assert document.content_type.partition(";")[0] in CHECKS


def test_every_document_is_what_it_is_called(site):
    for path in site.paths():
        check(site, path)


def check(site: Published, path: str) -> None:
    ending = path.rpartition(".")[2]
    if ending in ("gz", "br"):
        unpack = {"gz": gzip.decompress, "br": brotli.decompress}[ending]
        assert unpack(site.read(path)) == site.read(path.rpartition(".")[0]), path
    else:
        CHECKS[KINDS[ending]](site.read(path))


def test_the_api_keeps_its_contract(site):
    keeps_the_contract(site)
    files_agree(site)
