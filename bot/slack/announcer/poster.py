"""Messages posted once each, though Slack knows no way to say "only once".

The attempt is committed, then the message is sent with its delivery's id as metadata, then its ts
is stored. Where the outcome is not known, the finder looks before anything is sent again.

A call's time runs from when its attempt began, so that who stood still meanwhile sends nothing, and
whoever waits for the outcome has waited long enough.

An edit is on the books before it is sent, too. Where its outcome is not known, Slack may carry it
out after a newer one, so the newest is made at once, and once more when Slack is surely done.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.slack.announcer.began import Began
from bot.slack.announcer.books import Books
from bot.slack.announcer.finder import take_away
from bot.slack.announcer.lookup import Found, Lookup
from bot.slack.announcer.plan import Wanted, live_root
from bot.slack.announcer.story import Story
from bot.slack.blocks import Message
from bot.slack.client import Ambiguous, Client, NoEffect, Permanent
from storage.deliveries import Delivery, DeliveryKind, delivery_id

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


class Poster:
    """Posts and edits, and keeps the books. Raises what the client raises."""

    def __init__(self, client: Client, books: Books, lookup: Lookup) -> None:
        self._client = client
        self._books = books
        self._lookup = lookup

    def post(self, story: Story, wanted: Wanted, again: Delivery | None, began: Began) -> None:
        """Send a message; it is on the books before it leaves."""
        message = story.message(wanted, self._old_thread(story, wanted))
        begun = self._begin(story, wanted, again, began.at)
        if begun is None:
            return
        try:
            answer = self._client.call(
                "chat.postMessage",
                since=began.monotonic,
                channel=begun.channel,
                thread_ts=begun.thread_ts,
                metadata=_metadata(begun, wanted.version),
                unfurl_links=False,
                unfurl_media=False,
                **_content(message),
            )
        except NoEffect:
            self._books.change(begun, replace(begun, attempt_at=None))
            raise
        except Permanent as refused:
            self._refused(begun, wanted, refused, story)
        else:
            self._keep(begun, Found(_ts(answer), wanted.version))

    def edit(
        self,
        story: Story,
        wanted: Wanted,
        delivery: Delivery,
        began: Began,
        *,
        doubt: datetime | None,
    ) -> None:
        """Bring a message up to date; harmless to repeat.

        `doubt`: when an earlier edit of it began that Slack may still carry out.
        """
        message = story.message(wanted, self._old_thread(story, wanted))
        begun = replace(delivery, edit_at=began.at)
        if not self._books.change(delivery, begun):
            return
        try:
            self._client.call(
                "chat.update",
                since=began.monotonic,
                channel=delivery.channel,
                ts=delivery.ts,
                metadata=_metadata(delivery, wanted.version),
                **_content(message),
            )
        except NoEffect:
            self._books.change(begun, delivery)
            raise
        except Permanent as refused:
            self._refused(begun, wanted, refused, story)
        else:
            self._books.shows(begun, wanted.version, doubt)

    def _begin(
        self, story: Story, wanted: Wanted, again: Delivery | None, now: datetime
    ) -> Delivery | None:
        """Put it on the books; None where another process did so meanwhile."""
        fresh = again or _fresh(story, wanted)
        thread = None if wanted.kind is DeliveryKind.ROOT else story.thread_ts
        begun = replace(fresh, channel=story.home, thread_ts=thread, attempt_at=now, error=None)
        return begun if self._books.change(again, begun) else None

    def _keep(self, begun: Delivery, found: Found) -> None:
        if not self._books.keep(begun, found):
            take_away(self._client, begun.channel, [found])

    def _refused(self, one: Delivery, wanted: Wanted, refused: Permanent, story: Story) -> None:
        """Note Slack's refusal; only what concerns more than this one message is raised."""
        settled = replace(one, edit_at=None) if one.ts else replace(one, attempt_at=None)
        if refused.error in _MISSING or (_is_told_root(one) and refused.error == _FROZEN):
            self._note_missing(one, story)
        elif refused.error in _UNFIT:
            self._books.change(one, replace(settled, error=refused.error, version=wanted.version))
        else:
            self._books.change(one, replace(settled, error=refused.error))
            raise refused

    def _note_missing(self, one: Delivery, story: Story) -> None:
        """Somebody deleted the message; or, where it was being posted, its thread's root."""
        root = live_root(story.deliveries)
        missing = one if one.ts else root
        if not one.ts:
            self._books.change(one, replace(one, attempt_at=None))
        if missing:
            self._books.change(missing, replace(missing, deleted=True))

    def _old_thread(self, story: Story, wanted: Wanted) -> str:
        if wanted.kind is not DeliveryKind.ROOT or story.old_thread is None:
            return ""
        return self._lookup.permalink(*story.old_thread)


def _fresh(story: Story, wanted: Wanted) -> Delivery:
    before = sum((one.kind, one.update_id) == wanted.key for one in story.deliveries)
    id_ = delivery_id(story.incident.id, wanted.kind, wanted.update_id, before)
    return Delivery(id_, story.incident.id, wanted.kind, "", wanted.update_id)


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
