"""Badges: text that fits, colours that can be read, and what shields.io asks for."""

import re
import unicodedata
from dataclasses import replace
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import badges
from bot.core.status import ComponentStatus, Phase
from tests.support.maintenance import plan
from tests.support.telling import a_component, a_page, cause, open_incident, tell

SVG = "{http://www.w3.org/2000/svg}"
STATUSES = list(ComponentStatus)
AA = 4.5

# https://shields.io/badges/endpoint-badge; what shields does not know it refuses.
SHIELD = {
    "type": "object",
    "properties": {
        "schemaVersion": {"const": 1},
        "label": {"type": "string"},
        "message": {"type": "string", "minLength": 1},
        "color": {"enum": ["brightgreen", "blue", "yellow", "orange", "red"]},
        "isError": {"type": "boolean"},
    },
    "required": ["schemaVersion", "label", "message", "color", "isError"],
    "additionalProperties": False,
}


def svg(desk, path="badge.svg"):
    return ET.fromstring(desk.site.read(path))


def status_of_www(desk, status):
    if status is ComponentStatus.UNDER_MAINTENANCE:
        plan(desk.database)
        tell(desk.database, 1, Phase.IN_PROGRESS)
    else:
        open_incident(desk.database, statuses={"www": status})
    desk.sync()


@pytest.mark.parametrize("status", STATUSES)
def test_a_badge_says_shows_and_colours_how_a_component_stands(desk, status):
    status_of_www(desk, status)
    image = svg(desk, "components/www/badge.svg")
    assert image.attrib["role"] == "img"
    assert image.attrib["aria-label"] == f"www: {status.label}" == image.findtext(f"{SVG}title")
    assert [one.text for one in image.iter(f"{SVG}text")] == ["www", status.label]
    said = desk.site.json("components/www/badge.json")
    jsonschema.validate(said, SHIELD)
    assert (said["label"], said["message"]) == ("www", status.label)
    assert said["isError"] == (status >= ComponentStatus.PARTIAL_OUTAGE)


def test_no_two_statuses_look_the_same(desk):
    looks = set()
    for status in STATUSES:
        image = desk.publisher._renderer.render(
            "badge.svg", badges.badge(a_page(), "www", "how it stands", status)
        )
        _, state, shape = re.findall(r'<path fill="(\S+)".* d="(.+?)"/>', image)
        looks |= {state[0], shape[1]}
        assert contrast("#ffffff", state[0]) >= AA
    assert len(looks) == 2 * len(STATUSES)


def contrast(one, other):
    """WCAG 2's ratio."""
    lighter, darker = sorted(map(luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(share * one for share, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_pages_badge_says_what_its_banner_says(desk):
    open_incident(desk.database)
    desk.sync()
    assert svg(desk).findtext(f"{SVG}title") == "Coursera: Minor Service Outage"
    said = desk.site.json("badge.json")
    jsonschema.validate(said, SHIELD)
    assert (said["message"], said["color"]) == ("Minor Service Outage", "yellow")
    tell(desk.database, 1, Phase.RESOLVED, at=desk.now())
    desk.sync()
    assert desk.site.json("badge.json")["message"] == "All Systems Operational"
    assert desk.site.json("badge.json")["color"] == "brightgreen"


def test_a_grouped_component_is_named_with_its_group(desk):
    with desk.database.telling(cause("components", at=desk.now())) as ledger:
        group = a_component("group:1", 5, ledger.at, is_group=True)
        ledger.add_component(replace(group, name="Sites"))
        ledger.add_component(a_component("mobile", 1, ledger.at, group=group.id))
    desk.sync()
    assert desk.site.json("components/mobile/badge.json")["label"] == "Sites - mobile"


HOSTILE = [
    '"/><script>alert(1)</script>',
    "]]> &amp; <!-- --",
    "\x00\x1f\ufffe",
    "\u202egnp.exe",
    "👩\u200d🚒" * 40,
    "W" * 3000,
    "حالة الخدمة",
    "two\nlines\tand a tab",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_text_that_fits_its_box(desk, name):
    with desk.database.telling(cause("settings", at=desk.now())) as ledger:
        ledger.configure(name=name)
    desk.sync()
    image = svg(desk)
    assert {one.tag for one in image.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "path", "g", "text")
    }
    whole = int(image.attrib["width"])
    assert whole <= 2 * badges.LONGEST + 48
    for text in image.iter(f"{SVG}text"):
        assert int(text.attrib["x"]) + int(text.attrib["textLength"]) <= whole - 8
    assert "\u202e" not in "".join(image.itertext())
    jsonschema.validate(desk.site.json("badge.json"), SHIELD)


@given(st.text(max_size=80), st.integers(20, badges.LONGEST))
def test_what_is_cut_is_the_beginning_and_fits(text, pixels):
    cut = badges.fit(text, pixels)
    assert badges.width(cut) <= pixels
    assert cut == text or (cut[-1] == "…" and text.startswith(cut[:-1]))


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_mark_stays_on_its_letter(text):
    cut = badges.fit(text, 40)
    if cut != text:
        dropped = text[len(cut) - 1 :].lstrip(" \u200d")
        assert not dropped or unicodedata.category(dropped[0]) not in ("Mn", "Me")


def test_a_text_is_as_wide_as_on_the_badges_people_know():
    """`build | passing` is drawn 27 and 41 pixels wide there, rounded to odd numbers."""
    assert (badges.width("build"), badges.width("passing")) == (27, 42)


def test_a_calm_badge_is_small(desk):
    desk.sync()
    assert len(desk.site.read("badge.svg")) < 1500
