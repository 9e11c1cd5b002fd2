"""Badges of the page and of each component, and the same for shields.io to draw.

The JSON's schema is shields' own: https://shields.io/badges/endpoint-badge. Its words are English.
"""

import json
from typing import Any

from bot.core.badges import Badge, badge
from bot.core.status import ComponentStatus, status_of
from bot.publish.site import Site

_COLOURS = {
    ComponentStatus.OPERATIONAL: "brightgreen",
    ComponentStatus.UNDER_MAINTENANCE: "blue",
    ComponentStatus.DEGRADED_PERFORMANCE: "yellow",
    ComponentStatus.PARTIAL_OUTAGE: "orange",
    ComponentStatus.MAJOR_OUTAGE: "red",
}


def of_page(site: Site, _key: str = "") -> Badge:
    said = site.situation.banner
    return badge(site.page, site.page.name, said.description, status_of(said.indicator))


def of_component(site: Site, slug: str) -> Badge:
    one = site.component(slug)
    now = site.situation.statuses[one.id]
    return badge(site.page, site.names[one.id], now.label, now)


def shield(said: Badge) -> str:
    """What shields' endpoint badge reads; of an error the reader cannot choose the colour."""
    answer: dict[str, Any] = {
        "schemaVersion": 1,
        "label": said.name,
        "message": said.message,
        "color": _COLOURS[said.status],
        "isError": said.status >= ComponentStatus.PARTIAL_OUTAGE,
    }
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
