"""Promises of the templates: documented values, a strict policy, small and self-contained."""

import base64
import hashlib
import re
import sys
import zlib
from dataclasses import fields, is_dataclass
from itertools import pairwise

import pytest
from jinja2 import meta, nodes

from bot.core.page import Page, PageLink
from bot.core.status import Banner, ComponentStatus, Phase
from bot.publish import Renderer, renderer, words
from bot.publish.renderer import built_in
from bot.publish.templates import SHARED, VIEWS
from tests.support.telling import NOON, a_component, cause, open_incident, tell

JINJAS = {"_", "_trans", "gettext", "ngettext", "self"}
MACROS = {
    name
    for part in ("_bars.html", "_parts.html")
    for name in re.findall(r"macro (\w+)", (renderer.TEMPLATES / part).read_text())
}


@pytest.mark.parametrize(
    "view",
    [
        *(Page, PageLink, Banner),
        *(
            each
            for module in sorted({view.__module__ for view in VIEWS.values()})
            for each in vars(sys.modules[module]).values()
            if is_dataclass(each) and each.__module__ == module
        ),
    ],
)
def test_every_value_for_templates_is_explained(view):
    for field in fields(view):
        assert field.metadata["help"], f"{view.__name__}.{field.name}"


@pytest.mark.parametrize("template", VIEWS)
def test_a_template_uses_what_its_view_has(template):
    source = (renderer.TEMPLATES / template).read_text()
    parsed = built_in().environment().parse(source)
    made = {each.name for each in parsed.find_all(nodes.Name) if each.ctx != "load"}
    wanted = meta.find_undeclared_variables(parsed) - made  # it looks at each block alone
    given = {field.name for field in fields(VIEWS[template])} | set(SHARED)
    assert wanted <= given | MACROS | JINJAS


def test_every_template_is_known():
    every = {path.name for path in renderer.TEMPLATES.iterdir() if not path.name.startswith("_")}
    assert every == set(VIEWS)


@pytest.fixture
def pages(desk):
    one = open_incident(desk.database, statuses={"www": ComponentStatus.MAJOR_OUTAGE})
    tell(desk.database, one.number, Phase.MONITORING, at=desk.now())
    desk.sync()
    return dict(desk.site.pages())


def test_the_policy_lets_in_the_pages_own_style_and_script_alone(pages):
    for path, page in pages.items():
        policy = page.one(**{"http-equiv": "Content-Security-Policy"}).attributes["content"]
        rules = dict(rule.partition(" ")[::2] for rule in policy.split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["style-src"] == hashed(page.one("style"))
        scripts = [one for one in page.every("script") if "type" not in one.attributes]
        assert [hashed(script) for script in scripts] in ([rules["script-src"]], []), path
        assert "unsafe" not in policy


def hashed(element):
    (source,) = element.children
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def test_nothing_comes_from_elsewhere(pages):
    for page in pages.values():
        for element in page.every():
            assert "src" not in element.attributes
        assert "url(" not in page.one("style").children[0]
        assert "@import" not in page.one("style").children[0]


def test_pages_have_their_landmarks(pages):
    for path, page in pages.items():
        assert page.one("html").attributes["lang"] == "en"
        assert len(page.every("main")) == len(page.every("h1")) == 1
        assert len(page.one("head").every("title")) == 1
        assert page.every("header")
        assert page.every("nav")
        skip = page.every("a")[0]
        assert skip.attributes["href"] == "#main", path
        levels = [int(one.tag[1]) for one in page.every() if re.fullmatch("h[1-6]", one.tag)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique(pages):
    for path, page in pages.items():
        ids = [one.attributes["id"] for one in page.every() if "id" in one.attributes]
        assert len(ids) == len(set(ids)), path


def test_every_shown_time_names_its_zone_and_year(pages):
    for page in pages.values():
        for moment in page.every("time"):
            stamp = moment.attributes["datetime"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?", stamp)
            assert "T" not in stamp or moment.text.endswith((" PST", " UTC"))


def test_documents_name_the_revision_they_are_of(desk, pages):
    revision = desk.site.marker["revision"]
    for path, page in pages.items():
        said = page.every("meta", name="revision")
        assert [one.attributes["content"] for one in said] == (
            [] if path == "404.html" else [str(revision)]
        )
    for path in ("history.atom", "sitemap.xml"):
        assert f"<!-- revision {revision} -->" in desk.site.read(path).decode()


def test_the_home_page_is_small_and_one_request(desk):
    with desk.database.telling(cause("components")) as ledger:
        for position in range(5, 31):
            ledger.add_component(a_component(f"part-{position}", position, ledger.at))
    for number in range(15):
        at = NOON.replace(day=7 + number)
        one = open_incident(desk.database, f"Trouble {number}", display_at=at)
        tell(desk.database, one.number, Phase.RESOLVED, display_at=at)
    desk.sync()
    assert len(zlib.compress(desk.site.read("index.html"), 6)) < 14_000


def test_ducks_are_light(desk, pages):
    symbols = re.findall(r'<symbol id="duck.*?</symbol>', desk.site.read("index.html").decode())
    row = re.search(r'<p class="ducks".*?</p>', desk.site.read("index.html").decode(), re.DOTALL)
    assert row
    assert sum(map(len, symbols)) + len(row[0]) < 2000


def test_the_fingerprint_follows_the_templates(tmp_path, monkeypatch):
    before = Renderer().fingerprint
    for path in renderer.TEMPLATES.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(renderer, "TEMPLATES", tmp_path)
    assert Renderer().fingerprint == before
    (tmp_path / "home.html").write_text("another")
    assert Renderer().fingerprint != before


@pytest.mark.parametrize(
    ("name", "called"), [("Example", "Example status"), ("Example Status", "Example Status")]
)
def test_a_title_says_status_once(name, called):
    assert words.status_page(name) == called
