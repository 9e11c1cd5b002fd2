"""Every page of every state in a browser: quiet, still, within its width, and readable by all."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.gallery.conftest import of_each_kind
from tests.gallery.states import STATES, UNPICTURED, State
from tests.support.npm import borrowed
from tests.support.serving import serving

WIDTHS = (320, 360, 1280)
HEIGHT = 800
# The pages that hold the most words.
OVERVIEW = re.compile(r"index.html|\d{4}/.*")
# States with many pages, one like the other.
ALIKE = {"year", "sixty", "weight"}
# States that are about what people write, wherever it stands.
OF_WORDS = {"right-to-left", "long-words", "hostile", *(one.name for one in UNPICTURED)}
# The rules that look at colours: all that a dark scheme can break.
COLOURS = ["color-contrast", "link-in-text-block"]

Look = tuple[int, Literal["light", "dark"], list[str] | None]  # width, scheme, rules or all of them
LOOKS: list[Look] = [
    *((360, "light", None), (1280, "light", None)),
    *((360, "dark", COLOURS), (1280, "dark", COLOURS)),
]

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SHIFTS = """() => {
    const seen = new PerformanceObserver(() => {});
    seen.observe({ type: "layout-shift", buffered: true });
    return seen.takeRecords().map((one) => one.value);
}"""
# A large page may be painted before the script at its end adds how long it lasts by now.
STAYS = """() => {
    const every = [...document.querySelectorAll("[data-since]")];
    const heights = () => every.map((one) => one.parentElement.getBoundingClientRect().height);
    const said = every.map((one) => one.textContent), after = heights();
    every.forEach((one) => { one.textContent = ""; });
    const before = heights();
    every.forEach((one, n) => { one.textContent = said[n]; });
    return before.every((height, n) => height === after[n]);
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


def is_full(state: State, path: str) -> bool:
    """Of naughty words only those pages count that hold the most of them."""
    return state in STATES or OVERVIEW.fullmatch(path) is not None


@pytest.fixture
def wide(state, site) -> list[str]:
    """All pages; where there are many, one like the other, those that are not, and overviews."""
    kinds = set(of_each_kind(site, set()))
    every = [path for path, _ in site.pages() if is_full(state, path)]
    return [
        one for one in every if state.name not in ALIKE or one in kinds or OVERVIEW.fullmatch(one)
    ]


def test_nothing_runs_over_the_edge_and_nothing_jumps(wide, address, opened):
    for path in wide:
        opened.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        opened.goto(address + path.removesuffix("index.html"))
        assert opened.evaluate(SHIFTS) == [], path
        for width in WIDTHS:
            opened.set_viewport_size({"width": width, "height": HEIGHT})
            assert opened.evaluate(FITS), f"{path} at {width}"
            assert opened.evaluate(STAYS), f"{path} at {width}"


@pytest.fixture
def looks(state, site, firsts) -> list[tuple[str, list[Look]]]:
    """Where pages have the same elements in the same places, one stands for all.

    But for people's words; and those break nothing in other colours, nor where there is more room.
    """
    full = firsts.get(state.name, [])
    paths = list(of_each_kind(site, set())) if state.name in OF_WORDS else full
    return [(path, LOOKS if path in full else LOOKS[:1]) for path in paths if is_full(state, path)]


def test_axe_finds_nothing(looks, address, opened, axe):
    for path, each in looks:
        opened.goto(address + path.removesuffix("index.html"))
        opened.evaluate(axe)
        for width, scheme, rules in each:
            opened.set_viewport_size({"width": width, "height": HEIGHT})
            opened.emulate_media(color_scheme=scheme)
            assert opened.evaluate(AXE, rules) == [], f"{path} at {width}, {scheme}"


def test_the_home_page_is_one_request(address, opened):
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(address)
    assert [url for url in asked if not url.startswith("data:")] == [address]
