"""Messages posted once each, though Slack knows no way to say "only once".

The attempt is committed, then the message is sent with its delivery's id as metadata, then its ts
is stored. Where the outcome is not known, the thread is read before anything is sent again.
"""

import logging
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.waiting import Wait, wait_for
from bot.slack.announcer.lookup import Found, Lookup
from bot.slack.announcer.plan import Wanted, live_root
from bot.slack.announcer.story import Story
from bot.slack.blocks import Message
from bot.slack.client import Ambiguous, Client, NoEffect, Permanent, SlackFailure
from storage.database import Database
from storage.deliveries import Delivery, DeliveryKind, delivery_id

log = logging.getLogger(__name__)

PACE = timedelta(seconds=1)  # Slack takes one message a second in a channel

_MISSING = frozenset({"message_not_found", "thread_not_found"})
_FROZEN = "cant_update_message"  # a root of which only a tombstone is left, above its thread
_UNFIT = frozenset(  # Slack will never have this message as it is
    {
        *("invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"),
        *("no_text", "metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema"),
        *(_FROZEN, "edit_window_closed"),
    }
)
_LOOK_AGAIN = (timedelta(seconds=30), timedelta(minutes=5))
_MOST_SUSPECTS = 100


@dataclass(frozen=True)
class Suspect:
    """A message that was sent again: the first one may still turn up."""

    delivery: Delivery
    wait: Wait


class Poster:
    """Posts and edits, and keeps the books. Raises what the client raises."""

    def __init__(self, database: Database, client: Client) -> None:
        self._database = database
        self._client = client
        self._lookup = Lookup(database, client)
        self._suspects: deque[Suspect] = deque(maxlen=_MOST_SUSPECTS)

    def post(self, story: Story, wanted: Wanted, again: Delivery | None, now: datetime) -> None:
        """Send a message; it is on the books before it leaves."""
        message = story.message(wanted, self._old_thread(story, wanted))
        begun = self._begin(story, wanted, again, now)
        if begun is None:
            return
        try:
            answer = self._client.call(
                "chat.postMessage",
                channel=begun.channel,
                thread_ts=begun.thread_ts,
                metadata=_metadata(begun, wanted.version),
                unfurl_links=False,
                unfurl_media=False,
                **_content(message),
            )
        except NoEffect:
            self._change(begun, replace(begun, attempt_at=None))
            raise
        except Permanent as refused:
            self._refused(begun, wanted, refused, story)
        else:
            self._keep(begun, Found(_ts(answer), wanted.version))

    def edit(self, story: Story, wanted: Wanted, delivery: Delivery) -> None:
        """Bring a message up to date; harmless to repeat."""
        message = story.message(wanted, self._old_thread(story, wanted))
        try:
            self._client.call(
                "chat.update",
                channel=delivery.channel,
                ts=delivery.ts,
                metadata=_metadata(delivery, wanted.version),
                **_content(message),
            )
        except Permanent as refused:
            self._refused(delivery, wanted, refused, story)
        else:
            self._shows(delivery, wanted.version)

    def settle(self, story: Story, begun: Delivery, now: datetime) -> None:
        """Adopt the message if it is there; else it may be sent again."""
        delivery = self._placed(story, begun)
        found = self._lookup.find(delivery)
        if found:
            self._delete(delivery.channel, found[1:])  # before anybody forgets that they are there
            self._keep(delivery, found[0])
            return
        self._suspects.extend(Suspect(delivery, wait_for(pause, now)) for pause in _LOOK_AGAIN)
        self._change(delivery, replace(delivery, attempt_at=None))

    def sweep(self, now: datetime) -> bool:
        """Look for one message that was sent twice after all. True when one was looked for."""
        suspect = next((one for one in self._suspects if not one.wait.lasts(now)), None)
        if suspect is None:
            return False
        self._suspects.remove(suspect)
        try:
            self._sweep(suspect.delivery)
        except SlackFailure as failure:
            pause = failure.retry_after if isinstance(failure, NoEffect) else None
            again = timedelta(seconds=pause) if pause else _LOOK_AGAIN[0]
            self._suspects.append(replace(suspect, wait=wait_for(again, now)))
            raise
        return True

    def _sweep(self, one: Delivery) -> None:
        kept = self._stored(one).ts
        found = self._lookup.find(one)
        self._delete(one.channel, [each for each in found if kept and each.ts != kept])

    def _begin(
        self, story: Story, wanted: Wanted, again: Delivery | None, now: datetime
    ) -> Delivery | None:
        """Put it on the books; None where another process did so meanwhile."""
        fresh = again or _fresh(story, wanted)
        thread = None if wanted.kind is DeliveryKind.ROOT else story.thread_ts
        begun = replace(fresh, channel=story.home, thread_ts=thread, attempt_at=now, error=None)
        return begun if self._change(again, begun) else None

    def _placed(self, story: Story, begun: Delivery) -> Delivery:
        """Where to look for a message that another copy of the ledger may have posted."""
        if begun.channel and (begun.thread_ts or begun.kind is DeliveryKind.ROOT):
            return begun
        thread = None if begun.kind is DeliveryKind.ROOT else story.thread_ts
        placed = replace(begun, channel=story.home, thread_ts=thread)
        self._change(begun, placed)
        return placed

    def _keep(self, begun: Delivery, found: Found) -> None:
        """Store where the message is, unless another process found or sent it meanwhile."""
        with self._database.write() as ledger:
            stored = _by_id(ledger.deliveries.of(begun.incident_id), begun)
            is_ours = stored.ts in (None, found.ts)
            if is_ours:
                kept = replace(stored, ts=found.ts, version=found.version, error=None)
                ledger.deliveries.save(kept)
        if not is_ours:
            self._delete(begun.channel, [found])

    def _shows(self, edited: Delivery, version: int) -> None:
        """Store what the message shows now; what was newer before us is shown once more."""
        with self._database.write() as ledger:
            stored = _by_id(ledger.deliveries.of(edited.incident_id), edited)
            ledger.deliveries.save(replace(stored, version=version, error=None))
            if stored.version > version:
                ledger.deliveries.tell_again(edited.incident_id)

    def _refused(self, one: Delivery, wanted: Wanted, refused: Permanent, story: Story) -> None:
        """Note Slack's refusal; only what concerns more than this one message is raised."""
        settled = one if one.ts else replace(one, attempt_at=None)
        if refused.error in _MISSING or (_is_told_root(one) and refused.error == _FROZEN):
            self._note_missing(one, story)
        elif refused.error in _UNFIT:
            self._change(one, replace(settled, error=refused.error, version=wanted.version))
        else:
            self._change(one, replace(settled, error=refused.error))
            raise refused

    def _note_missing(self, one: Delivery, story: Story) -> None:
        """Somebody deleted the message; or, where it was being posted, its thread's root."""
        root = live_root(story.deliveries)
        missing = one if one.ts else root
        if not one.ts:
            self._change(one, replace(one, attempt_at=None))
        if missing:
            self._change(missing, replace(missing, deleted=True))

    def _old_thread(self, story: Story, wanted: Wanted) -> str:
        if wanted.kind is not DeliveryKind.ROOT or story.old_thread is None:
            return ""
        return self._lookup.permalink(*story.old_thread)

    def _delete(self, channel: str, doubled: list[Found]) -> None:
        for one in doubled:
            try:
                self._client.call("chat.delete", channel=channel, ts=one.ts)
            except Permanent as refused:  # gone already, or not ours to take away
                log.warning("a doubled message stays", extra={"error": refused.error})

    def _stored(self, one: Delivery) -> Delivery:
        with self._database.read() as ledger:
            return _by_id(ledger.deliveries.of(one.incident_id), one)

    def _change(self, known: Delivery | None, new: Delivery) -> bool:
        """Save it, unless the books have changed: somebody who stood still knows old ones."""
        with self._database.write() as ledger:
            every = {one.id: one for one in ledger.deliveries.of(new.incident_id)}
            is_known = every.get(new.id) == known
            if is_known:
                ledger.deliveries.save(new)
        return is_known


def _fresh(story: Story, wanted: Wanted) -> Delivery:
    before = sum((one.kind, one.update_id) == wanted.key for one in story.deliveries)
    id_ = delivery_id(story.incident.id, wanted.kind, wanted.update_id, before)
    return Delivery(id_, story.incident.id, wanted.kind, "", wanted.update_id)


def _by_id(deliveries: tuple[Delivery, ...], sought: Delivery) -> Delivery:
    return next(one for one in deliveries if one.id == sought.id)


def _ts(answer: dict[str, Any]) -> str:
    """Raises Ambiguous for an answer that says ok and not where."""
    if not isinstance(ts := answer.get("ts"), str):
        raise Ambiguous("no_ts")
    return ts


def _is_told_root(one: Delivery) -> bool:
    return one.kind is DeliveryKind.ROOT and one.ts is not None


def _metadata(one: Delivery, version: int) -> dict[str, Any]:
    payload = {"delivery": one.id, "version": version}
    return {"event_type": "duckrow", "event_payload": payload}


def _content(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": message.blocks, "parse": "none", "link_names": False}
