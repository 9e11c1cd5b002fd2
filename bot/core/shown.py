"""How incidents and components become what the public page shows. Pure, and without a clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta, tzinfo
from itertools import groupby

from bot.core.bars import Bar
from bot.core.incident import Incident, Update
from bot.core.page import Component, Situation
from bot.core.status import Banner, ComponentStatus, Impact, Kind, Phase, status_of
from bot.core.views import Day, Part, Post, Quiet, Story, Turn

WITHDRAWN_TITLE = "Withdrawn report"
WITHDRAWN_TEXT = "This report was withdrawn."
DUCKS = 12  # more would not stand in a row

Names = Mapping[str, str]  # component id -> its public name

_DAY = timedelta(days=1)


def withdrawn(incident: Incident) -> Incident:
    """What stays of a withdrawn report: that there was one."""
    at = incident.withdrawn_at
    last = next(update for update in incident.updates if update.retracted_at == at)
    update = replace(
        last,
        phase=incident.phase,
        text=WITHDRAWN_TEXT,
        created_at=at,
        display_at=at,
        statuses={},
        impact=Impact.NONE,
        edited_at=None,
        retracted_at=None,
    )
    return replace(incident, title=WITHDRAWN_TITLE, updates=(update,))


def as_shown(incident: Incident) -> Incident:
    """The incident as readers may see it."""
    return withdrawn(incident) if incident.is_withdrawn else incident


def story(incident: Incident, names: Names) -> Story:
    """The whole story; what was withdrawn says only so."""
    shown = as_shown(incident)
    return Story(
        id=shown.id,
        title=shown.title,
        kind=shown.kind,
        phase=shown.phase,
        impact=shown.impact,
        status=_worst_now(shown),
        affected=tuple(names[component] for component in shown.statuses),
        started_at=shown.started_at,
        ended_at=shown.ended_at,
        scheduled_for=shown.scheduled_for,
        scheduled_until=shown.scheduled_until,
        posts=tuple(post(shown, update, names) for update in reversed(shown.standing)),
        is_withdrawn=incident.is_withdrawn,
        began_at=shown.began_at,
        is_cancelled=incident.is_cancelled,
    )


def _worst_now(incident: Incident) -> ComponentStatus:
    """As the banner has it, what is open is never all well."""
    least = ComponentStatus.OPERATIONAL
    if incident.is_open and incident.kind is Kind.INCIDENT:
        least = ComponentStatus.DEGRADED_PERFORMANCE
    return max([least, *incident.affecting.values()])


def post(incident: Incident, update: Update, names: Names) -> Post:
    """One standing update of an incident."""
    return Post(
        id=update.id,
        incident_id=incident.id,
        incident_title=incident.title,
        title=incident.heading(update),
        label=incident.label(update),
        phase=update.phase,
        text=update.text,
        at=update.display_at,
        told_at=update.created_at,
        edited_at=update.edited_at,
        turns=tuple(
            Turn(names[change.component_id], change.old, change.new)
            for change in incident.changes(update)
            if not change.old is change.new is ComponentStatus.OPERATIONAL  # says nothing
        ),
        after=_after(incident, update),
        is_cancellation=incident.is_cancelled and update.phase is Phase.COMPLETED,
    )


def _after(incident: Incident, update: Update) -> timedelta | None:
    is_end = incident.kind is Kind.INCIDENT and update.phase is Phase.RESOLVED
    return update.display_at - incident.started_at if is_end else None


def days(
    incidents: Iterable[Incident], names: Names, zone: tzinfo, first: date, last: date
) -> tuple[Day, ...]:
    """The days from `first` to `last` with their posts, newest first."""
    told = [
        (update.display_at, incident.number, update.number, incident, update)
        for incident in incidents
        for update in incident.standing
        if first <= update.display_at.astimezone(zone).date() <= last
    ]
    told.sort(key=lambda one: one[:3], reverse=True)
    by_day = groupby(told, key=lambda one: one[0].astimezone(zone).date())
    return tuple(
        Day(day, tuple(post(one[3], one[4], names) for one in posts), ongoing=())
        for day, posts in by_day
    )


def with_ongoing(every: Iterable[Day], open_stories: Sequence[Story]) -> tuple[Day, ...]:
    """The days without the posts of open stories, which are told above, whole."""
    return tuple(_with_ongoing(day, open_stories) for day in every)


def _with_ongoing(day: Day, stories: Sequence[Story]) -> Day:
    ids = {one.incident_id for one in day.posts}
    ongoing = tuple(one for one in stories if one.id in ids)
    above = {one.id for one in ongoing}
    rest = tuple(one for one in day.posts if one.incident_id not in above)
    return replace(day, posts=rest, ongoing=ongoing)


def with_quiet(told: Sequence[Day], first: date, last: date) -> tuple[Day | Quiet, ...]:
    """The days, newest first, with the runs of quiet days between them, from `first` to `last`."""
    found: list[Day | Quiet] = []
    end = last
    for day in told:
        found += [*_quiet(day.date + _DAY, end), day]
        end = day.date - _DAY
    return (*found, *_quiet(first, end))


def _quiet(first: date, last: date) -> tuple[Quiet, ...]:
    return (Quiet(first, last),) if first <= last else ()


def parts(situation: Situation, bars: Mapping[str, Bar]) -> tuple[Part, ...]:
    """Components and groups in order, without those that only show themselves in trouble."""
    top = [one for one in situation.components if one.group_id is None]
    return tuple(part for one in top if (part := _part(one, situation, bars)))


def _part(component: Component, situation: Situation, bars: Mapping[str, Bar]) -> Part | None:
    status = situation.statuses[component.id]
    if component.only_show_if_degraded and status is ComponentStatus.OPERATIONAL:
        return None
    children = [_part(child, situation, bars) for child in situation.children(component)]
    within = tuple(child for child in children if child)
    if component.is_group and not within:
        return None
    return Part(
        slug="" if component.is_group else component.slug,
        name=component.name,
        description=component.description,
        status=status,
        bar=bars[component.id],
        parts=within,
    )


def ducks(parts: Sequence[Part], banner: Banner) -> tuple[ComponentStatus, ...]:
    """One duck for each part of the page; one for the page itself where it has none."""
    return tuple(part.status for part in parts[:DUCKS]) or (status_of(banner.indicator),)
