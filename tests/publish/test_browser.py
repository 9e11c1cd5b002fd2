"""The page in a browser: its script refines what stands there, and nothing breaks without it."""

import json
import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.core.status import ComponentStatus, Phase
from tests.support.telling import NOON, open_incident, tell


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def address(desk):
    """The published folder behind a web server."""
    open_incident(desk.database, statuses={"www": ComponentStatus.MAJOR_OUTAGE})
    desk.sync()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(desk.root)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def watched(tab):
    """A tab whose console has to stay silent, and whose clock stands at the story's day."""
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.clock.install(time=NOON)
    yield tab
    assert said == []


def test_a_new_revision_is_shown_by_itself(desk, address, watched):
    watched.goto(address)
    tell(desk.database, 1, Phase.RESOLVED, at=desk.now())
    desk.sync()
    watched.clock.fast_forward(6000)
    watched.get_by_role("heading", name="All our ducks are in a row.").wait_for()


def test_a_new_revision_within_the_same_second_is_shown_too(desk, address, watched):
    """`Last-Modified` counts in seconds: asked for what is newer, the server says "unchanged"."""
    home = desk.root / "index.html"
    before = home.stat()
    watched.goto(address)
    tell(desk.database, 1, Phase.RESOLVED, at=desk.now())
    desk.sync()
    os.utime(home, ns=(before.st_atime_ns, before.st_mtime_ns))
    watched.clock.fast_forward(6000)
    watched.get_by_role("heading", name="All our ducks are in a row.").wait_for()


def test_a_page_that_nobody_looks_after_says_so(desk, address, watched):
    watched.goto(address)
    assert not watched.locator("#stale").is_visible()
    marker = desk.root / ".duckrow/revision.json"
    old = desk.site.marker | {"checked_at": "2013-02-22T19:30:00.000+00:00"}
    marker.write_text(json.dumps(old))
    watched.clock.fast_forward(6000)
    watched.locator("#stale").wait_for()
    assert "Nobody has looked after this page since" in watched.locator("#stale").inner_text()


def test_an_offline_reader_is_told_and_the_page_no_longer_counts(desk, address, tab):
    tab.clock.install(time=NOON)
    tab.goto(address)
    tab.clock.fast_forward("20:00")
    since = tab.get_by_text("(20 min)")
    since.wait_for()
    tab.context.set_offline(True)
    tab.clock.fast_forward("05:00:00")
    tab.locator("#offline").wait_for()
    assert "could not be refreshed since" in tab.locator("#offline").inner_text()
    tab.clock.fast_forward("05:00:00")
    assert since.is_visible()
    tab.context.set_offline(False)
    tab.clock.fast_forward("06:00")
    tab.locator("#offline").wait_for(state="hidden")


def test_an_older_copy_of_the_page_reloads_once_not_forever(desk, address, watched):
    stale = desk.site.read("index.html")
    tell(desk.database, 1, Phase.RESOLVED, at=desk.now())
    desk.sync()
    (desk.root / "index.html").write_bytes(stale)
    loads: list[str] = []
    watched.on("load", lambda page: loads.append(page.url))
    watched.goto(address)
    for _ in range(5):
        with watched.expect_response("**/revision.json"):
            watched.clock.fast_forward(6000)
    assert len(loads) == 2


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["", "2013/02/", "2013/", "history/", "404.html"])
def test_nothing_runs_over_the_edge(desk, address, watched, width, path):
    watched.set_viewport_size({"width": width, "height": 800})
    watched.goto(address + path)
    assert watched.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_it_says_everything_without_a_script(desk, address, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    text = page.locator("main").inner_text()
    for said in ("Partial System Outage", "Site Outage", "We see an outage.", "Major outage"):
        assert said in text
    context.close()
