"""Every document of the page, each declared in one place: where, what, when, and from what."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from bot.core import ids
from bot.core.badges import Badge
from bot.core.bars import ComponentPage
from bot.publish import api, archive, badges, calendar, feeds, headers, uptime_json
from bot.publish.site import Site
from bot.publish.targets.base import TWIN_ENDINGS

View = Callable[[Site, str], Any]
Render = Callable[[Site, str], str]


class When(Enum):
    """What makes a document due; the value says what its key is."""

    ALWAYS = "no key: with every revision"
    INCIDENT = "an incident's id: when it was touched"
    OPEN_INCIDENT = "an incident's id: when it was touched, and while it is open"
    COMPONENT = "a component's short name: when an incident naming it was touched, and each day"
    OPEN_COMPONENT = "a component's short name: as COMPONENT, and while something open names it"
    MONTH = "2013-02: when something in it was touched"
    YEAR = "2013: when something in it was touched"
    ARCHIVE = "no key: when there is one month more or less"
    SETTINGS = "no key: when the page itself changed"


@dataclass(frozen=True)
class Document:
    """One kind of file, as a pure function of a snapshot.

    Its bytes are never the same at two revisions: where bytes come back, so does an object store's
    ETag, and with it a stale publisher's leave to write.
    """

    path: str  # {} is its key's place; a month's hyphen becomes a slash
    when: When
    content_type: str
    cache: str
    render: Render

    def path_of(self, key: str) -> str:
        return self.path.format(key.replace("-", "/") if self.when is When.MONTH else key)


_CHECKED = "no-cache"  # keep it, but ask first
_JSON = "application/json; charset=utf-8"
_API = "public, max-age=30, stale-while-revalidate=60"
_DIGITS = str.maketrans("01", " \t")


def _html(path: str, when: When, template: str, view: View) -> Document:
    return _from_template(path, when, "text/html; charset=utf-8", template, view)


def _xml(path: str, when: When, kind: str, template: str, view: View) -> Document:
    return _from_template(path, when, f"application/{kind}; charset=utf-8", template, view)


def _from_template(path: str, when: When, kind: str, template: str, view: View) -> Document:
    def render(site: Site, key: str) -> str:
        return site.renderer.render(template, view(site, key))

    return Document(path, when, kind, _CHECKED, render)


def _json(path: str, when: When, say: Render) -> Document:
    def render(site: Site, key: str) -> str:
        return say(site, key) + _spelled(site.page.revision)

    return Document(path, when, _JSON, _API, render)


def _api(path: str, say: Callable[[Site], str]) -> Document:
    return _json(f"api/v2/{path}", When.ALWAYS, lambda site, _: say(site))


def _spelled(revision: int) -> str:
    """A number in blanks: JSON has no comments, and its readers refuse what they do not know."""
    return f"{revision:b}".translate(_DIGITS) + "\n"


def _svg(path: str, when: When, view: Callable[[Site, str], Badge]) -> Document:
    return replace(_from_template(path, when, "image/svg+xml", "badge.svg", view), cache=_API)


def _shield(path: str, when: When, view: Callable[[Site, str], Badge]) -> Document:
    return _json(path, when, lambda site, key: badges.shield(view(site, key)))


def _component(site: Site, slug: str) -> ComponentPage:
    return site.uptime.component(site.component(slug))


HOME = _html("index.html", When.ALWAYS, "home.html", lambda site, _: site.home())

DOCUMENTS: tuple[Document, ...] = (
    HOME,
    _html("{}/index.html", When.MONTH, "month.html", Site.month),
    _html("{}/index.html", When.YEAR, "year.html", archive.year),
    _html("history/index.html", When.ARCHIVE, "history.html", archive.history),
    _html("components/{}/index.html", When.OPEN_COMPONENT, "component.html", _component),
    _html("incidents/{}/index.html", When.INCIDENT, "incident.html", Site.one),
    _html("404.html", When.SETTINGS, "404.html", lambda site, _: site.plain()),
    _from_template(
        "robots.txt",
        When.SETTINGS,
        "text/plain; charset=utf-8",
        "robots.txt",
        lambda site, _: site.plain(),
    ),
    _xml("sitemap.xml", When.ARCHIVE, "xml", "sitemap.xml", archive.history),
    _xml("history.atom", When.ALWAYS, "atom+xml", "history.atom", feeds.history),
    _xml("history.rss", When.ALWAYS, "rss+xml", "history.rss", feeds.history),
    _xml("updates.atom", When.ALWAYS, "atom+xml", "updates.atom", feeds.updates),
    Document("calendar.ics", When.ALWAYS, calendar.CONTENT_TYPE, _CHECKED, calendar.calendar),
    _svg("badge.svg", When.ALWAYS, badges.of_page),
    _shield("badge.json", When.ALWAYS, badges.of_page),
    Document(
        headers.NAME,
        When.SETTINGS,
        "text/plain; charset=utf-8",
        _CHECKED,
        lambda site, _: headers.for_hosts(DOCUMENTS, site.page.revision),
    ),
    _xml(
        "components/{}/history.atom", When.COMPONENT, "atom+xml", "component.atom", feeds.component
    ),
    _svg("components/{}/badge.svg", When.COMPONENT, badges.of_component),
    _shield("components/{}/badge.json", When.COMPONENT, badges.of_component),
    _json("uptime.json", When.ALWAYS, uptime_json.document),
    _api("summary.json", api.summary),
    _api("status.json", api.status),
    _api("components.json", api.components),
    _api("incidents.json", api.incidents),
    _api("incidents/unresolved.json", api.unresolved),
    _api("scheduled-maintenances.json", api.maintenances),
    _api("scheduled-maintenances/upcoming.json", api.upcoming),
    _api("scheduled-maintenances/active.json", api.active),
    _json("api/v2/incidents/{}.json", When.OPEN_INCIDENT, api.incident),
)

SLUG = "[a-z0-9-]{1,40}"  # a component's short name, as a regular expression
_KEYS = {
    When.INCIDENT: ids.SHAPE,
    When.OPEN_INCIDENT: ids.SHAPE,
    When.COMPONENT: SLUG,
    When.OPEN_COMPONENT: SLUG,
    When.MONTH: "[0-9]{4}/[0-9]{2}",
    When.YEAR: "[0-9]{4}",
}
_PATHS = "|".join(
    re.escape(one.path).replace(re.escape("{}"), _KEYS.get(one.when, "")) for one in DOCUMENTS
)
_TWINS = "|".join(map(re.escape, TWIN_ENDINGS))
_NAMED_SO = re.compile(f"(?:{_PATHS})(?:{_TWINS})?")


def is_named_so(path: str) -> bool:
    """Whether a file at that path is a document of some page of ours, or a document's twin."""
    return _NAMED_SO.fullmatch(path) is not None


def prefixes(years: Iterable[int]) -> set[str]:
    """What the paths of all documents begin with that stand there more than once."""
    before = {one.path.partition("{}")[0] for one in DOCUMENTS if one.when in _KEYS}
    return before - {""} | {f"{year:04}/" for year in years}
