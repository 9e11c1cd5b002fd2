"""The public API v2, field by field as Statuspage's clients read it.

Keys, their order, types and nulls are Statuspage's; beside them incidents carry `duckrow`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.core.incident import Incident, Update
from bot.core.page import Component
from bot.core.shown import as_shown
from bot.core.status import ComponentStatus, Kind, Phase, status_of
from bot.publish import addresses, times, words
from bot.publish.site import Site

Json = dict[str, Any]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def summary(site: Site) -> str:
    situation = site.situation
    return document(
        site,
        components=_components(site),
        incidents=_incidents(site, situation.open),
        scheduled_maintenances=_incidents(site, situation.maintenances),
        status=_status(site),
    )


def status(site: Site) -> str:
    return document(site, status=_status(site))


def components(site: Site) -> str:
    return document(site, components=_components(site))


def incidents(site: Site) -> str:
    return document(site, incidents=_incidents(site, site.incidents))


def unresolved(site: Site) -> str:
    return document(site, incidents=_incidents(site, site.situation.open))


def maintenances(site: Site) -> str:
    return _maintenances(site, site.maintenances)


def upcoming(site: Site) -> str:
    return _maintenances(
        site, [one for one in site.situation.maintenances if not one.phase.is_running]
    )


def active(site: Site) -> str:
    return _maintenances(site, [one for one in site.situation.maintenances if one.phase.is_running])


def incident(site: Site, public_id: str) -> str:
    return document(site, incident=_incident(site, site.incident(public_id)))


def _maintenances(site: Site, some: Iterable[Incident]) -> str:
    return document(site, scheduled_maintenances=_incidents(site, some))


def document(site: Site, **body: Any) -> str:
    """A body with the page that it is of in front, as every JSON document has it."""
    page = site.page
    said = {
        "id": page.id,
        "name": page.name,
        "url": page.url.rstrip("/"),
        "time_zone": times.zone_name(page.time_zone),
        "updated_at": times.stamp(site.as_of, page.zone),
    }
    return _encode({"page": said, **body})


def _status(site: Site) -> Json:
    banner = site.situation.banner
    return {"indicator": banner.indicator.value, "description": banner.description}


def _components(site: Site) -> list[Json]:
    situation = site.situation
    found = [
        _component(site, one, situation.statuses[one.id], one.updated_at)
        | ({"components": children} if one.is_group else {})
        for one in situation.components
        if (children := [child.id for child in situation.children(one)]) or not one.is_group
    ]
    return found or [_page_as_component(site)]


def _component(site: Site, one: Component, now: ComponentStatus, updated_at: datetime) -> Json:
    zone = site.page.zone
    return {
        "id": one.id,
        "name": one.name,
        "status": now.value,
        "created_at": times.stamp(one.created_at, zone),
        "updated_at": times.stamp(updated_at, zone),
        "position": one.position,
        "description": one.description or None,
        "showcase": one.showcase,
        "start_date": one.start_date.isoformat() if one.start_date else None,
        "group_id": one.group_id,
        "page_id": site.page.id,
        "group": one.is_group,
        "only_show_if_degraded": one.only_show_if_degraded,
    }


def _page_as_component(site: Site) -> Json:
    """There must be one: a page that names no components is its own."""
    page = site.page
    self_ = Component(
        id=page.id,
        slug="",
        name=page.name,
        description=page.about,
        position=1,
        created_at=site.as_of,
        updated_at=site.as_of,
        showcase=False,
    )
    return _component(site, self_, status_of(site.situation.banner.indicator), site.as_of)


def _incidents(site: Site, some: Iterable[Incident]) -> list[Json]:
    return [_incident(site, one) for one in some]


def _incident(site: Site, told: Incident) -> Json:
    one, at = as_shown(told), _stamper(site)
    return {
        "id": one.id,
        "name": one.title,
        "status": one.phase.value,
        "created_at": at(one.created_at),
        "updated_at": at(one.updated_at),
        "monitoring_at": _maybe(at, _monitoring_at(one)),
        "resolved_at": _maybe(at, one.ended_at),
        "impact": "maintenance" if one.kind is Kind.MAINTENANCE else one.impact.value,
        "shortlink": addresses.incident(site.page.url, one.id),
        "started_at": at(one.started_at),
        "page_id": site.page.id,
        "incident_updates": [_update(site, one, update) for update in reversed(one.standing)],
        "components": _its_components(site, one),
        "reminder_intervals": None,
        **_window(one, at),
        "duckrow": {"number": one.number, "revision": one.revision},
    }


def _window(one: Incident, at: Callable[[datetime], str]) -> Json:
    if one.kind is not Kind.MAINTENANCE:
        return {}
    return {
        "scheduled_for": at(one.scheduled_for or one.started_at),
        "scheduled_until": at(one.scheduled_until or one.scheduled_for or one.started_at),
    }


def _monitoring_at(one: Incident) -> datetime | None:
    """When it last began to be monitored."""
    before: Phase | None = None
    found: datetime | None = None
    for update in one.standing:
        if update.phase is Phase.MONITORING and before is not Phase.MONITORING:
            found = update.display_at
        before = update.phase
    return found


def _its_components(site: Site, one: Incident) -> list[Json]:
    """As they are now while it is open; once it is over, as it left them, for good."""
    if one.is_open:
        now = site.situation.statuses
        known = site.components
        return [
            _component(site, known[id_], now[id_], known[id_].updated_at) for id_ in one.statuses
        ]
    named = {id_: update.created_at for update in one.standing for id_ in update.statuses}
    return [
        _component(site, site.components[id_], said, named[id_])
        for id_, said in one.statuses.items()
    ]


def _update(site: Site, one: Incident, update: Update) -> Json:
    at = _stamper(site)
    return {
        "id": update.id,
        "status": update.phase.value,
        "body": words.plain(update.text),
        "incident_id": one.id,
        "created_at": at(update.created_at),
        "updated_at": at(update.edited_at or update.created_at),
        "display_at": at(update.display_at),
        "affected_components": _affected(one, update, site.names) or None,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _affected(one: Incident, update: Update, names: Mapping[str, str]) -> list[Json]:
    return [
        {
            "code": change.component_id,
            "name": names[change.component_id],
            "old_status": change.old.value,
            "new_status": change.new.value,
        }
        for change in one.changes(update)
    ]


def _stamper(site: Site) -> Callable[[datetime], str]:
    return lambda moment: times.stamp(moment, site.page.zone)


def _maybe(at: Callable[[datetime], str], moment: datetime | None) -> str | None:
    return at(moment) if moment else None
