"""A maintenance's window, when it turns by itself, and what its updates say. Pure values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from bot.core.errors import Refusal
from bot.core.incident import Incident, Statuses, Update
from bot.core.status import ComponentStatus, Phase

TEXTS: Mapping[Phase, str] = {
    Phase.IN_PROGRESS: "The scheduled maintenance is in progress. We will write here when it ends.",
    Phase.VERIFYING: "The work is done, and we are checking that everything is well.",
    Phase.COMPLETED: "The scheduled maintenance has been completed.",
}
CANCELLED_TEXT = "This maintenance will not take place."
MOVED_TEXT = "This maintenance is now planned from {begins} to {ends}."
EXTENDED_TEXT = "This maintenance is now planned to end at {ends}."
_MINUTE = "%Y-%m-%d %H:%M %Z"


@dataclass(frozen=True)
class Edge:
    """A moment at which a maintenance turns by itself, and what it is from then on."""

    at: datetime
    phase: Phase


def next_edge(one: Incident) -> Edge | None:
    """What the clock has to tell next of a maintenance, be it due or still to come.

    Each edge is told once: where somebody took it back, the clock does not say it again.
    """
    if not one.is_open:
        return None
    begins, ends = window(one)
    edges = [Edge(ends, Phase.COMPLETED)]
    if one.phase is Phase.SCHEDULED:
        edges.insert(0, Edge(begins, Phase.IN_PROGRESS))
    return next((edge for edge in edges if not _was_told(one, edge)), None)


def _was_told(one: Incident, edge: Edge) -> bool:
    return any(
        update.phase is edge.phase and update.created_at >= edge.at for update in one.updates
    )


def window(one: Incident) -> tuple[datetime, datetime]:
    """When it is planned to begin and to end: every maintenance has both."""
    assert one.scheduled_for, one.id  # noqa: S101
    assert one.scheduled_until, one.id  # noqa: S101
    return one.scheduled_for, one.scheduled_until


def has_lapsed(one: Incident, now: datetime) -> bool:
    """True of what is only planned, for a time that has passed.

    The clock had told of it, and people took that back: they have not said yet what became of it.
    """
    return one.phase is Phase.SCHEDULED and window(one)[1] <= now


def accepted(one: Incident, update: Update, zone: tzinfo = UTC) -> Incident:
    """The maintenance with one more update, which says of components what its phase means."""
    return one.accept(replace(update, statuses=_meaning(one, update.phase)), zone=zone)


def _meaning(one: Incident, phase: Phase) -> Statuses:
    """Its components are under maintenance from the start to the end, and only then."""
    if phase.is_closed:
        return one.all_clear()
    if phase.is_running and not one.phase.is_running:
        return dict.fromkeys(one.statuses, ComponentStatus.UNDER_MAINTENANCE)
    return {}


def text_of(one: Incident, phase: Phase) -> str:
    """What is told where nobody wrote anything: the customary sentence, in English."""
    if phase is Phase.COMPLETED and one.began_at is None:
        return CANCELLED_TEXT
    return TEXTS[phase]


def moved(one: Incident, begins: datetime, ends: datetime) -> Incident:
    """The maintenance with another window. Raises Refusal where it cannot be that."""
    if (begins, ends) == window(one):
        raise Refusal(
            f"maintenance #{one.number} is planned so already.", "Give another end with until=."
        )
    if begins != one.scheduled_for and one.phase is not Phase.SCHEDULED:
        raise Refusal(
            f"maintenance #{one.number} has begun already.",
            "Its end alone can move.",
        )
    require_order(begins, ends)
    return replace(one, scheduled_for=begins, scheduled_until=ends)


def require_order(begins: datetime, ends: datetime) -> None:
    """Refuse a window that ends before it begins."""
    if ends <= begins:
        raise Refusal(
            "it would end before it begins.", "Give until= a later time, with its date if need be."
        )


def moved_text(one: Incident, zone: tzinfo, translate: Callable[[str], str] = str) -> str:
    """The window as a sentence, in the page's zone."""
    begins, ends = (moment.astimezone(zone).strftime(_MINUTE) for moment in window(one))
    sentence = MOVED_TEXT if one.phase is Phase.SCHEDULED else EXTENDED_TEXT
    return translate(sentence).format(begins=begins, ends=ends)


def require_scheduled(one: Incident, remedy: str) -> None:
    """Refuse where it is not, or no longer, only planned."""
    one.require_open()
    if one.phase is not Phase.SCHEDULED:
        raise Refusal(f"maintenance #{one.number} has begun already.", remedy)


def require_running(one: Incident) -> None:
    """Refuse where it has not begun."""
    one.require_open()
    if not one.phase.is_running:
        raise Refusal(
            f"maintenance #{one.number} has not begun.",
            f"Begin it with: start #{one.number}; or call it off with: cancel #{one.number}",
        )
