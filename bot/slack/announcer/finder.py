"""Finding out what became of a post, so that nothing is posted twice.

Where the outcome of a post is not known, and where a ledger may have posted of which this one is a
copy, channel or thread is read; what is there is adopted, and only what is not is posted.
"""

import logging
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.waiting import Wait, wait_for
from bot.slack.announcer.books import Books
from bot.slack.announcer.lookup import Found, Lookup, Place
from bot.slack.announcer.plan import is_anywhere, live_root
from bot.slack.announcer.story import Story
from bot.slack.client import Client, NoEffect, Permanent, SlackFailure
from storage.deliveries import Delivery, DeliveryKind

log = logging.getLogger(__name__)

_LOOK_AGAIN = (timedelta(seconds=30), timedelta(minutes=5))
_MOST_SUSPECTS = 100


@dataclass(frozen=True)
class Suspect:
    """Messages that were not found, and are sent again: the first ones may still turn up."""

    place: Place
    sought: tuple[Delivery, ...]
    wait: Wait


class Finder:
    """Adopts what is in Slack already. Raises what the client raises."""

    def __init__(self, client: Client, books: Books, lookup: Lookup) -> None:
        self._client = client
        self._books = books
        self._lookup = lookup
        self._suspects: deque[Suspect] = deque(maxlen=_MOST_SUSPECTS)

    def settle(self, begun: Delivery, now: datetime) -> None:
        """Adopt the message if it is there; else it may be sent again."""
        place = Place(begun.channel, begun.thread_ts)
        found = self._lookup.find(place, [begun])
        self._adopt(place, [begun], found)
        if not found:
            self._suspect(place, [begun], now)
            self._books.change(begun, replace(begun, attempt_at=None))

    def look(self, story: Story, sought: Sequence[Delivery], now: datetime) -> None:
        """Adopt what another copy of this ledger has posted; what is not there may be posted."""
        place, found = self._find(_places(story, sought), sought)
        self._adopt(place, sought, found)
        absent = [one for one in sought if one.id not in found]
        self._suspect(place, absent, now)
        if absent and absent[0].kind is DeliveryKind.ROOT:  # so nothing is in a thread of it
            absent = [one for one in story.deliveries if is_anywhere(one)]
        for one in absent:
            self._books.change(one, replace(one, attempt_at=None))

    def _find(
        self, places: Sequence[Place], sought: Sequence[Delivery]
    ) -> tuple[Place, Mapping[str, list[Found]]]:
        """Where any of them is; else the first place, which must let us in."""
        refusals: dict[Place, Permanent] = {}
        for place in places:
            try:
                if found := self._lookup.find(place, sought):
                    return place, found
            except Permanent as refused:
                refusals[place] = refused
        if places[0] in refusals:
            self._note(refusals[places[0]], places[0], sought[0])
            raise refusals[places[0]]
        return places[0], {}

    def _note(self, refused: Permanent, place: Place, one: Delivery) -> None:
        here = replace(one, channel=place.channel, thread_ts=place.thread_ts)
        self._books.change(one, replace(here, error=refused.error))

    def _adopt(
        self, place: Place, sought: Sequence[Delivery], found: Mapping[str, list[Found]]
    ) -> None:
        for begun in (one for one in sought if one.id in found):
            first, *doubled = found[begun.id]
            take_away(self._client, place.channel, doubled)  # before they are forgotten
            here = replace(begun, channel=place.channel, thread_ts=place.thread_ts)
            if not self._books.keep(here, first):
                take_away(self._client, place.channel, [first])

    def _suspect(self, place: Place, sought: Sequence[Delivery], now: datetime) -> None:
        if sought:
            waits = [wait_for(pause, now) for pause in _LOOK_AGAIN]
            self._suspects.extend(Suspect(place, tuple(sought), wait) for wait in waits)

    def sweep(self, now: datetime) -> bool:
        """Look once for messages that were sent twice after all. True when any were looked for."""
        suspect = next((one for one in self._suspects if not one.wait.lasts(now)), None)
        if suspect is None:
            return False
        self._suspects.remove(suspect)
        try:
            self._sweep(suspect)
        except SlackFailure as failure:
            pause = failure.retry_after if isinstance(failure, NoEffect) else None
            again = timedelta(seconds=pause) if pause else _LOOK_AGAIN[0]
            self._suspects.append(replace(suspect, wait=wait_for(again, now)))
            raise
        return True

    def _sweep(self, suspect: Suspect) -> None:
        kept = {one.id: self._books.ts(one) for one in suspect.sought}
        for id_, found in self._lookup.find(suspect.place, suspect.sought).items():
            doubled = [one for one in found if kept[id_] and one.ts != kept[id_]]
            take_away(self._client, suspect.place.channel, doubled)


def _places(story: Story, sought: Sequence[Delivery]) -> Sequence[Place]:
    """A root is in one of the channels; all else in its thread."""
    root = live_root(story.deliveries)
    if root and root.ts and sought[0].kind is not DeliveryKind.ROOT:
        return [Place(root.channel, root.ts)]
    return [Place(channel) for channel in dict.fromkeys((story.home, *story.channels))]


def take_away(client: Client, channel: str, doubled: Iterable[Found]) -> None:
    """Delete messages that stand elsewhere too."""
    for one in doubled:
        try:
            client.call("chat.delete", channel=channel, ts=one.ts)
        except Permanent as refused:  # gone already, or not ours to take away
            log.warning("a doubled message stays", extra={"error": refused.error})
