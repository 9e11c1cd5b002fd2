"""Taking pictures of a published state in the system's Chromium, on the day it shows."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.published import Published
from tests.support.tools import CHROMIUM_FLAGS, find_chromium

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
TALLEST = 4000  # pixels; a year of posts is no better picture when it is longer
LINKS = {
    "incident": r'href="/(incidents/\w+/)',
    "month": r'href="/(\d{4}/\d\d/)',
    "year": r'href="/(\d{4}/)"',
    "component": r'href="/(components/[^/"]+/)"',
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own browser. Raises where there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def kinds(site: Published) -> Mapping[str, str]:
    """One page of each kind: the first that the home page leads to, but the earliest year."""
    found = {"home": "", "history": "history/", "missing": "404.html"}
    text = "".join(site.read(path).decode() for path in _leading(site))
    linked = {kind: re.findall(link, text) for kind, link in LINKS.items()}
    return found | {
        kind: paths[-1 if kind == "year" else 0] for kind, paths in linked.items() if paths
    }


def _leading(site: Published) -> list[str]:
    months = sorted(path for path, _ in site.pages() if re.match(r"\d{4}/\d\d/", path))
    return ["index.html", *reversed(months), "history/index.html"]


@contextmanager
def tab(browser: Browser, width: int, scheme: str, now: datetime) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=1,
    )
    context.clock.install(time=now)
    yield context.new_page()
    context.close()


def shoot(page: Page, address: str, picture: Path, tallest: int = TALLEST) -> None:
    """The page from its top, as it is after its script ran."""
    page.goto(address)
    size = page.viewport_size
    assert size
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(height, tallest)}
    page.screenshot(path=picture, full_page=True, clip=clip)  # type: ignore[arg-type]
