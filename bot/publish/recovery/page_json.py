"""The page's own JSON, read back: the inverse of bot.publish.api, as far as it tells.

Authors and what was retracted are not on the page; texts are plain. Whoever can write to the
target can write anything here, so all of it is checked as strictly as what people type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.incident import Author, Incident, Update
from bot.core.page import Component
from bot.core.shown import WITHDRAWN_TEXT, WITHDRAWN_TITLE
from bot.core.status import ComponentStatus, Impact, Kind, Phase
from bot.core.text import from_plain, safe_url
from bot.publish.recovery import shapes
from bot.publish.recovery.shapes import Malformed

RECOVERED = Author("recovered", "recovered from the page")

HIGHEST = 2**30  # revision: far above any, and far below what databases hold
_HIGHEST_NUMBER = 1_000_000
_LONGEST_TITLE, _LONGEST_NAME, _LONGEST_DESCRIPTION = 200, 200, 200
_LONGEST_TEXT = 12_000  # plain text may be longer than the 3,000 of the markup it was made from
_MOST_UPDATES, _MOST_COMPONENTS = 5_000, 1_000
_MAINTENANCE = "maintenance"
_PLANNED = frozenset({Phase.SCHEDULED, Phase.IN_PROGRESS, Phase.VERIFYING, Phase.COMPLETED})


@dataclass(frozen=True)
class Masthead:
    """What every document says of the page that it is of."""

    id: str
    name: str
    url: str
    time_zone: str


def masthead(said: Any) -> Masthead:
    """Of a document. Raises Malformed."""
    page = shapes.field(said, "page")
    url = safe_url(shapes.string(page, "url"))
    if url is None or not url.startswith("http"):
        raise Malformed("its page has no address")
    return Masthead(
        id=shapes.id_(page, "id"),
        name=shapes.name(page, "name", _LONGEST_NAME),
        url=f"{url.rstrip('/')}/",
        time_zone=shapes.zone(page, "time_zone"),
    )


def page_id(said: Any) -> str:
    """Of the page that a document is of."""
    return shapes.id_(shapes.field(said, "page"), "id")


def incident(said: Any, latest: datetime) -> Incident:
    """An incident as the page tells it, of nothing later than `latest`. Raises Malformed."""
    kind = Kind.MAINTENANCE if shapes.string(said, "impact") == _MAINTENANCE else Kind.INCIDENT
    told = shapes.each(said, "incident_updates", _MOST_UPDATES)
    ours = shapes.field(said, "duckrow")
    found = Incident(
        id=shapes.id_(said, "id"),
        number=shapes.number(ours, "number", least=1, most=_HIGHEST_NUMBER),
        kind=kind,
        title=shapes.name(said, "name", _LONGEST_TITLE),
        channel="",
        opened_by=RECOVERED,
        created_at=shapes.moment(said, "created_at"),
        updated_at=shapes.moment(said, "updated_at"),
        updates=tuple(_update(each, at, kind) for at, each in enumerate(reversed(told), start=1)),
        revision=shapes.number(ours, "revision", least=1, most=HIGHEST),
        **_window(said, kind),
    )
    _check(found, latest)
    if _is_withdrawn(found):
        return _as_withdrawn(found)
    return _with_impact(said, found) if kind is Kind.INCIDENT else _with_plan(said, found)


def components(said: Any) -> list[Component]:
    """The components and groups that a document lists, without their short names."""
    every = shapes.each(said, "components", _MOST_COMPONENTS)
    return [_component(each) for each in every if shapes.id_(each, "id") != each.get("page_id")]


def _update(said: Any, number: int, kind: Kind) -> Update:
    created_at = shapes.moment(said, "created_at")
    updated_at = shapes.moment(said, "updated_at")
    phase = shapes.one_of(Phase, said, "status")
    if (phase in _PLANNED) is not (kind is Kind.MAINTENANCE):
        raise Malformed(f"{phase.value} is no status of an {kind.value}")
    return Update(
        id=shapes.id_(said, "id"),
        number=number,
        phase=phase,
        text=from_plain(shapes.text(said, "body", _LONGEST_TEXT)),
        author=RECOVERED,
        created_at=created_at,
        display_at=shapes.moment(said, "display_at"),
        statuses=_statuses(said),
        edited_at=updated_at if updated_at > created_at else None,
    )


def _statuses(said: Any) -> dict[str, ComponentStatus]:
    if shapes.field(said, "affected_components") is None:
        return {}
    return {
        shapes.id_(one, "code"): shapes.one_of(ComponentStatus, one, "new_status")
        for one in shapes.each(said, "affected_components", _MOST_COMPONENTS)
    }


def _window(said: Any, kind: Kind) -> Mapping[str, Any]:
    if kind is not Kind.MAINTENANCE:
        return {}
    begins = shapes.moment(said, "scheduled_for")
    ends = shapes.moment(said, "scheduled_until")
    if ends < begins:
        raise Malformed("it ends before it begins")
    return {"scheduled_for": begins, "scheduled_until": ends}


def _check(found: Incident, latest: datetime) -> None:
    moments = [found.created_at, found.updated_at]
    moments += [at for one in found.updates for at in (one.created_at, one.display_at)]
    moments += [one.edited_at for one in found.updates if one.edited_at]
    if max(moments) > latest:
        raise Malformed("it tells of the future")
    if not found.updates:
        raise Malformed("it tells nothing")
    if len({one.id for one in found.updates}) != len(found.updates):
        raise Malformed("it tells an update twice")


def _is_withdrawn(found: Incident) -> bool:
    """What `bot.core.shown.withdrawn` leaves of a report."""
    told = [(one.text, one.statuses) for one in found.updates]
    return found.title == WITHDRAWN_TITLE and told == [(WITHDRAWN_TEXT, {})]


def _as_withdrawn(found: Incident) -> Incident:
    at = found.updates[0].display_at
    return replace(found, updates=(replace(found.updates[0], retracted_at=at),))


def _with_impact(said: Any, found: Incident) -> Incident:
    """An impact that the updates do not explain was set by hand."""
    impact = shapes.one_of(Impact, said, "impact")
    if impact is found.impact:
        return found
    *earlier, last = found.updates
    return replace(found, updates=(*earlier, replace(last, impact=impact)))


def _with_plan(said: Any, found: Incident) -> Incident:
    """What is only planned changes nothing yet, so its updates do not say of what."""
    first, *later = found.updates
    if first.phase is not Phase.SCHEDULED or first.statuses:
        return found
    named = shapes.each(said, "components", _MOST_COMPONENTS)
    planned = dict.fromkeys(
        (shapes.id_(one, "id") for one in named), ComponentStatus.UNDER_MAINTENANCE
    )
    return replace(found, updates=(replace(first, statuses=planned), *later))


def _component(said: Any) -> Component:
    description = shapes.maybe(lambda one, key: shapes.name(one, key, _LONGEST_DESCRIPTION),
                               said, "description")  # fmt: skip
    return Component(
        id=shapes.id_(said, "id"),
        slug="",
        name=shapes.name(said, "name", _LONGEST_NAME),
        description=description or "",
        position=shapes.number(said, "position", least=1, most=_HIGHEST_NUMBER),
        created_at=shapes.moment(said, "created_at"),
        updated_at=shapes.moment(said, "updated_at"),
        group_id=shapes.maybe(shapes.id_, said, "group_id"),
        is_group=shapes.truth(said, "group"),
        showcase=shapes.truth(said, "showcase"),
        start_date=shapes.maybe(shapes.day, said, "start_date"),
        only_show_if_degraded=shapes.truth(said, "only_show_if_degraded"),
    )
