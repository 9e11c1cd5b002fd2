"""What a ledger tells of an incident, united with what the page tells of it. Pure.

Updates are the same where their ids are; nothing that stands in the ledger is lost to the page, and
nothing that the ledger took back returns.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.incident import Incident, Update
from bot.core.text import to_plain


@dataclass(frozen=True)
class Making:
    """The change that unites them."""

    parted_at: datetime  # until then the page's history and the ledger's were one
    at: datetime
    revision: int


def united(ours: Incident, page: Incident, making: Making) -> Incident:
    """Our incident with what the page knows of it and we do not; ours itself where that is nothing.

    `page` is a version of it that this ledger never had.
    """
    theirs = {one.id: one for one in page.updates}
    ids = {one.id for one in ours.updates}
    known = [_known(one, theirs.get(one.id), page, making) for one in ours.updates]
    new = [replace(one, revision=making.revision) for one in page.updates if one.id not in ids]
    whole = replace(ours, updates=_in_order(known, new))
    if page.is_withdrawn:
        return whole
    return _planned(_titled(whole, page, making), page, making)


def _known(ours: Update, theirs: Update | None, page: Incident, making: Making) -> Update:
    """An update that the ledger has, as it is after what happened to it on the page."""
    if not ours.is_standing:
        return ours
    if theirs is None or not theirs.is_standing:
        was_shared = ours.created_at <= making.parted_at
        if theirs is None and not was_shared:
            return ours  # told here, since: the page could not know
        return replace(ours, retracted_at=page.updated_at, revision=making.revision)
    if _said_at(theirs) <= _said_at(ours) or to_plain(theirs.text) == to_plain(ours.text):
        return ours
    return replace(ours, text=theirs.text, edited_at=theirs.edited_at, revision=making.revision)


def _said_at(one: Update) -> datetime:
    return one.edited_at or one.created_at


def _titled(ours: Incident, page: Incident, making: Making) -> Incident:
    """With the page's title, unless it was renamed here since."""
    renamed_here = ours.renamed_at is not None and ours.renamed_at > making.parted_at
    if renamed_here or ours.title == page.title:
        return ours
    return replace(ours, title=page.title, renamed_at=making.at)


def _planned(ours: Incident, page: Incident, making: Making) -> Incident:
    """With the page's window, unless something was told here since: that may have moved it."""
    theirs = {one.id for one in page.updates}
    if any(one.created_at > making.parted_at and one.id not in theirs for one in ours.updates):
        return ours
    return replace(ours, scheduled_for=page.scheduled_for, scheduled_until=page.scheduled_until)


def _in_order(known: Iterable[Update], new: Iterable[Update]) -> tuple[Update, ...]:
    """Our updates in our order; each new one behind the last that was shown before it."""
    every = list(known)
    for one in new:
        place = max(
            (at for at, each in enumerate(every, start=1) if _shown(each) <= _shown(one)),
            default=0,
        )
        every.insert(place, one)
    return tuple(replace(one, number=at) for at, one in enumerate(every, start=1))


def _shown(one: Update) -> tuple[datetime, datetime]:
    return one.display_at, one.created_at
