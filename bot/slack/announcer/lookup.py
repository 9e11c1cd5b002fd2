"""Finding our own messages in a channel or a thread by the id they carry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.slack.client import Client, Permanent
from storage.database import Database
from storage.deliveries import Delivery

_SKEW = timedelta(minutes=65)  # between our clock, which may be set by an hour, and Slack's
_LATE = timedelta(days=1)  # how long after its attempt a root may have been posted
_PAGE = 200  # messages, as Slack advises
_SHORT_PAGE = 15  # what some apps get at most; nothing is said of those that ask for more
_TOO_MANY = frozenset({"invalid_limit", "invalid_arguments"})
_MOST_PAGES = 40


@dataclass(frozen=True)
class Found:
    """A message of ours, and the revision it shows."""

    ts: str
    version: int


@dataclass(frozen=True)
class Place:
    """A channel, or a thread in it."""

    channel: str
    thread_ts: str | None = None


class Lookup:
    """Reads what is in Slack."""

    def __init__(self, database: Database, client: Client) -> None:
        self._database = database
        self._client = client
        self._links: dict[tuple[str, str], str] = {}
        self._limit = _PAGE

    def find(self, place: Place, sought: Sequence[Delivery]) -> Mapping[str, list[Found]]:
        """Id -> the messages that carry it and are from our bot, oldest first."""
        with self._database.read() as ledger:
            bot = ledger.slack().bot
        found: dict[str, list[Found]] = {}
        for message in self._messages(place, sought):
            if message.get("user") == bot:  # anybody may write our metadata
                payload = _payload(message)
                one = Found(message["ts"], payload.get("version", 0))
                found.setdefault(payload.get("delivery", ""), []).append(one)
        return {
            one.id: sorted(found[one.id], key=lambda each: each.ts)
            for one in sought
            if one.id in found
        }

    def permalink(self, channel: str, ts: str) -> str:
        """The address of a message; empty where Slack has none."""
        if (channel, ts) not in self._links:
            try:
                answer = self._client.call("chat.getPermalink", channel=channel, message_ts=ts)
            except Permanent:
                return ""
            self._links[channel, ts] = answer["permalink"]
        return self._links[channel, ts]

    def _messages(self, place: Place, sought: Sequence[Delivery]) -> Iterator[dict[str, Any]]:
        try:
            for page in self._pages(place, [one.attempt_at for one in sought if one.attempt_at]):
                yield from page["messages"]
        except Permanent as refused:
            if refused.error != "thread_not_found":  # else nothing is left in it
                raise

    def _pages(self, place: Place, attempts: Sequence[datetime]) -> Iterator[dict[str, Any]]:
        cursor = None
        for _ in range(_MOST_PAGES):
            page = self._page(
                "conversations.replies" if place.thread_ts else "conversations.history",
                channel=place.channel,
                ts=place.thread_ts,
                oldest=_ts(min(attempts) - _SKEW),
                latest=None if place.thread_ts else _ts(max(attempts) + _LATE),
                include_all_metadata=True,
                cursor=cursor,
            )
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def _page(self, method: str, **asked: Any) -> dict[str, Any]:
        """As many as we may ask for, which only asking tells."""
        try:
            return self._client.call(method, limit=self._limit, **asked)
        except Permanent as refused:
            if refused.error not in _TOO_MANY or self._limit == _SHORT_PAGE:
                raise
        page = self._client.call(method, limit=_SHORT_PAGE, **asked)
        self._limit = _SHORT_PAGE  # it was the limit, and nothing else
        return page


def _ts(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"


def _payload(message: dict[str, Any]) -> dict[str, Any]:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload") or {} if metadata.get("event_type") == "duckrow" else {}
