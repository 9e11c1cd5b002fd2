"""Every document of the page, each declared in one place: where, what, when, and from what."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.publish import api, renderer
from bot.publish.site import Site

View = Callable[[Site, str], Any]
Render = Callable[[Site, str], str]


class When(Enum):
    """What makes a document due; the value says what its key is."""

    ALWAYS = "no key: with every revision"
    INCIDENT = "an incident's id: when it was touched"
    OPEN_INCIDENT = "an incident's id: when it was touched, and while it is open"
    MONTH = "2013-02: when something in it was touched"
    YEAR = "2013: when something in it was touched"
    ARCHIVE = "no key: when there is one month more or less"
    SETTINGS = "no key: when the page itself changed"


@dataclass(frozen=True)
class Document:
    """One kind of file, as a pure function of a snapshot."""

    path: str  # {} is its key's place; a month's hyphen becomes a slash
    when: When
    content_type: str
    cache: str
    render: Render

    def path_of(self, key: str) -> str:
        return self.path.format(key.replace("-", "/"))


_CHECKED = "no-cache"  # keep it, but ask first
_API = "public, max-age=30, stale-while-revalidate=60"


def _html(path: str, when: When, template: str, view: View) -> Document:
    return _from_template(path, when, "text/html; charset=utf-8", template, view)


def _xml(path: str, when: When, kind: str, template: str, view: View) -> Document:
    return _from_template(path, when, f"application/{kind}; charset=utf-8", template, view)


def _from_template(path: str, when: When, kind: str, template: str, view: View) -> Document:
    def render(site: Site, key: str) -> str:
        return renderer.render(template, view(site, key))

    return Document(path, when, kind, _CHECKED, render)


def _json(path: str, say: Callable[[Site], str]) -> Document:
    def render(site: Site, key: str) -> str:  # noqa: ARG001 -- every document's shape
        return say(site)

    return Document(f"api/v2/{path}", When.ALWAYS, "application/json; charset=utf-8", _API, render)


HOME = _html("index.html", When.ALWAYS, "home.html", lambda site, _: site.home())

DOCUMENTS = (
    HOME,
    _html("{}/index.html", When.MONTH, "month.html", Site.month),
    _html("{}/index.html", When.YEAR, "year.html", Site.year),
    _html("history/index.html", When.ARCHIVE, "history.html", lambda site, _: site.history()),
    _html("incidents/{}/index.html", When.INCIDENT, "incident.html", Site.one),
    _html("404.html", When.SETTINGS, "404.html", lambda site, _: site.plain()),
    _from_template(
        "robots.txt",
        When.SETTINGS,
        "text/plain; charset=utf-8",
        "robots.txt",
        lambda site, _: site.plain(),
    ),
    _xml("sitemap.xml", When.ARCHIVE, "xml", "sitemap.xml", lambda site, _: site.history()),
    _xml("history.atom", When.ALWAYS, "atom+xml", "history.atom", lambda site, _: site.feed()),
    _json("summary.json", api.summary),
    _json("status.json", api.status),
    _json("components.json", api.components),
    _json("incidents.json", api.incidents),
    _json("incidents/unresolved.json", api.unresolved),
    _json("scheduled-maintenances.json", api.maintenances),
    _json("scheduled-maintenances/upcoming.json", api.upcoming),
    _json("scheduled-maintenances/active.json", api.active),
    Document(
        "api/v2/incidents/{}.json",
        When.OPEN_INCIDENT,
        "application/json; charset=utf-8",
        _API,
        api.incident,
    ),
)
