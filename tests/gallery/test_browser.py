"""Every page of every state in a browser: quiet, still, within its width, and readable by all."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.gallery.states import STATES
from tests.support.dom import Element, places
from tests.support.npm import borrowed
from tests.support.serving import serving

WIDTHS = (320, 360, 1280)
HEIGHT = 800
# The rules that look at colours: all that a dark scheme can break.
COLOURS = ["color-contrast", "link-in-text-block"]

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SHIFTS = """() => {
    const seen = new PerformanceObserver(() => {});
    seen.observe({ type: "layout-shift", buffered: true });
    return seen.takeRecords().map((one) => one.value);
}"""
AXE = """async (rules) => {
    const found = await axe.run(document, {
        resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }),
    });
    return found.violations.flatMap((one) =>
        one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`));
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source; evaluated by the browser itself, so the page's policy stays in force."""
    return borrowed("axe-core/axe.min.js").read_text()


@pytest.fixture
def address(site) -> Iterator[str]:
    with serving(site.root) as address:
        yield address


@pytest.fixture
def opened(browser: Browser, state) -> Iterator[Page]:
    """A tab on the day of the state, whose console has to stay silent."""
    context = browser.new_context()
    context.clock.install(time=state.now)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    yield page
    context.close()
    assert said == []


@pytest.fixture
def pages(state, site) -> list[tuple[str, Element]]:
    """All pages; of naughty words those that hold the most of them."""
    overview = re.compile(r"index.html|\d{4}/.*")
    every = site.pages()
    return [one for one in every if state in STATES or overview.fullmatch(one[0])]


def of_each_kind(pages: list[tuple[str, Element]]) -> Iterator[str]:
    """Pages which have an element somewhere that none of the others before has there."""
    seen: set[tuple[str, ...]] = set()
    for path, page in pages:
        new = set(places(page)) - seen
        seen |= new
        if new:
            yield path


def show(page, width, scheme="light"):
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme=scheme)


def test_nothing_runs_over_the_edge_and_nothing_jumps(pages, address, opened):
    for path, _ in pages:
        show(opened, WIDTHS[0])
        opened.goto(address + path.removesuffix("index.html"))
        assert opened.evaluate(SHIFTS) == [], path
        for width in WIDTHS:
            show(opened, width)
            assert opened.evaluate(FITS), f"{path} at {width}"


def test_axe_finds_nothing(state, pages, address, opened, axe):
    """Where pages have the same elements in the same places, one stands for all.

    Words alone break nothing in other colours, nor where there is more room.
    """
    for path in of_each_kind(pages):
        opened.goto(address + path.removesuffix("index.html"))
        opened.evaluate(axe)
        for width in WIDTHS[1:] if state in STATES else WIDTHS[1:2]:
            show(opened, width)
            assert opened.evaluate(AXE, None) == [], f"{path} at {width}"
            if state in STATES:
                show(opened, width, "dark")
                assert opened.evaluate(AXE, COLOURS) == [], f"{path} at {width}, dark"


def test_the_home_page_is_one_request(address, opened):
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(address)
    assert [url for url in asked if not url.startswith("data:")] == [address]
