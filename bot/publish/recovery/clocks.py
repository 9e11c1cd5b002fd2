"""A page that was published by a machine whose clock was ahead of ours."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.incident import Incident, Update
from bot.publish.marker import Marker

SKEW = timedelta(days=1)  # of clocks that tell the same time, more or less


def is_ahead(marker: Marker, now: datetime) -> bool:
    """True where the page is of a time that is not to be believed."""
    return marker.time > now + SKEW


def time_of(marker: Marker, now: datetime) -> datetime:
    """The page's time, which what follows it is later than; now, where its clock was ahead."""
    return now if is_ahead(marker, now) else marker.time


def not_after(told: Incident, latest: datetime) -> Incident:
    """The same, but what it tells for later than that stands as told then, in the same order."""
    return replace(
        told,
        created_at=min(told.created_at, latest),
        updated_at=min(told.updated_at, latest),
        updates=tuple(_not_after(one, latest) for one in told.updates),
    )


def _not_after(one: Update, latest: datetime) -> Update:
    return replace(
        one,
        created_at=min(one.created_at, latest),
        display_at=min(one.display_at, latest),
        edited_at=min(one.edited_at, latest) if one.edited_at else None,
        retracted_at=min(one.retracted_at, latest) if one.retracted_at else None,
    )
