"""`/uptime.json`: the numbers behind the bars. Its shape is ours, and told in docs/api.md."""

from datetime import timedelta
from typing import Any

from bot.core.page import Component
from bot.core.status import ComponentStatus
from bot.core.uptime import Record, Trouble, floored, mean
from bot.publish import api
from bot.publish.site import Site

Json = dict[str, Any]

_SECOND = timedelta(seconds=1)
_WORST_FIRST = tuple(
    sorted(set(ComponentStatus) - {ComponentStatus.OPERATIONAL}, key=lambda one: -one.severity)
)


def document(site: Site, _key: str = "") -> str:
    window = site.uptime.window
    said = {
        "from": window.first.isoformat(),
        "to": window.last.isoformat(),
        "components": [_component(site, one) for one in site.situation.leaves],
        "groups": [_group(site, one) for one in site.situation.groups],
    }
    return api.document(site, **said)


def _component(site: Site, one: Component) -> Json:
    record = site.uptime.records[one.id]
    return {
        "id": one.id,
        "name": one.name,
        "group_id": one.group_id,
        "uptime_percent": _percent(record),
        "counted_seconds": record.counted // _SECOND,
        "known_from": record.begins.isoformat() if record.begins else None,
        "days": [_day(site, trouble) for trouble in record.troubles],
    }


def _group(site: Site, group: Component) -> Json:
    within = site.situation.children(group)
    share = mean(site.uptime.records[one.id].share for one in within)
    return {
        "id": group.id,
        "name": group.name,
        "uptime_percent": None if share is None else _hundred(floored(share)),
        "components": [one.id for one in within],
    }


def _day(site: Site, trouble: Trouble) -> Json:
    seconds = {
        f"{one.value}_seconds": trouble.lasted.get(one, timedelta(0)) // _SECOND
        for one in _WORST_FIRST
    }
    related = [site.uptime.related[id_] for id_ in trouble.incidents]
    return {
        "date": trouble.date.isoformat(),
        **seconds,
        "related_incidents": [{"id": one.id, "name": one.title} for one in related],
    }


def _percent(record: Record) -> float | None:
    return None if record.share is None else _hundred(floored(record.share))


def _hundred(share: float) -> float:
    """In percent, with the two decimals it has."""
    return round(share * 100, 2)
