"""Whatever people type, a page is its template plus text; feeds stay well-formed."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from bot.core.status import ComponentStatus
from tests.publish.conftest import Desk
from tests.support.dom import Element
from tests.support.hostile import HOSTILE, check_words
from tests.support.telling import a_component, cause, edit, new_database, open_incident, tell


def tell_everything(desk, words):
    """The words in every field that readers see."""
    with desk.database.telling(cause("settings", at=desk.now())) as ledger:
        ledger.configure(name=f"N{words}", about=f"A{words}", headline=f"H{words}")
        component = a_component("odd", 9, ledger.at)
        ledger.add_component(replace(component, name=f"C{words}", description=f"D{words}"))
    open_incident(
        desk.database, f"T{words}", text=words, statuses={"odd": ComponentStatus.MAJOR_OUTAGE}
    )
    edit(desk.database, 1, f"Edited {words}", at=desk.now())
    tell(desk.database, 1, text=f"More {words}", at=desk.now())
    desk.sync()


def shape(element):
    """Tags and attribute names, all the way down, but for what a text itself may hold."""
    inside = () if "text" in element.attributes.get("class", "").split() else element.children
    return (
        element.tag,
        sorted(element.attributes),
        [shape(child) for child in inside if isinstance(child, Element)],
    )


@pytest.fixture
def benign(desk):
    """The same ledger with harmless words: what the pages' elements have to be."""
    tell_everything(desk, "harmless")
    return {re.sub("[a-z0-9]{12}", "*", path): shape(page) for path, page in desk.site.pages()}


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_add_nothing_but_text(benign, tmp_path, words):
    other = new_database(f"sqlite:///{tmp_path / 'other.db'}")
    desk = Desk(other, tmp_path / "other")
    tell_everything(desk, words)
    for path, page in desk.site.pages():
        assert shape(page) == benign[re.sub("[a-z0-9]{12}", "*", path)], path
        check_words(page)
    other.close()


@pytest.mark.parametrize("words", HOSTILE)
def test_feeds_and_sitemaps_stay_well_formed(desk, words):
    tell_everything(desk, words)
    for path in ("history.atom", "sitemap.xml"):
        ET.fromstring(desk.site.read(path))
    title = ET.fromstring(desk.site.read("history.atom")).find(
        "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title"
    )
    assert title is not None
    printable = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", "\ufffd", f"T{words}")
    assert title.text == printable


def test_templates_in_texts_are_not_executed(desk):
    tell_everything(desk, "{{ 6 * 7 }}{{ page.id }}")
    assert "{{ 6 * 7 }}{{ page.id }}" in desk.site.home.text
    for path in desk.site.paths():
        assert not re.search(rb"[NAHTCD]42", desk.site.read(path)), path


def test_no_author_channel_or_number_of_the_inside_is_printed(desk):
    open_incident(desk.database)
    desk.sync()
    for path in desk.site.paths():
        for inside in (b"U0ANA", b"Ana", b"C0INCIDENTS"):
            assert inside not in desk.site.read(path), path
