"""Finding our own messages in a channel or a thread by the id they carry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.slack.client import Client, Permanent
from storage.database import Database
from storage.deliveries import Delivery

_SKEW = timedelta(minutes=65)  # between our clock, which may be set by an hour, and Slack's
_LATE = timedelta(days=1)  # how long after its attempt a message may have been posted
_PAGE = 15  # messages; what the strictest kind of app may ask for
_MOST_PAGES = 40


@dataclass(frozen=True)
class Found:
    """A message of ours, and the revision it shows."""

    ts: str
    version: int


class Lookup:
    """Reads what is in Slack."""

    def __init__(self, database: Database, client: Client) -> None:
        self._database = database
        self._client = client
        self._links: dict[tuple[str, str], str] = {}

    def find(self, delivery: Delivery) -> list[Found]:
        """The messages that carry a delivery's id and are from our bot, oldest first."""
        with self._database.read() as ledger:
            bot = ledger.slack().bot
        found = [
            Found(message["ts"], payload.get("version", 0))
            for message in self._messages(delivery)
            if message.get("user") == bot  # anybody may write our metadata
            and (payload := _payload(message)).get("delivery") == delivery.id
        ]
        return sorted(found, key=lambda one: one.ts)

    def permalink(self, channel: str, ts: str) -> str:
        """The address of a message; empty where Slack has none."""
        if (channel, ts) not in self._links:
            try:
                answer = self._client.call("chat.getPermalink", channel=channel, message_ts=ts)
            except Permanent:
                return ""
            self._links[channel, ts] = answer["permalink"]
        return self._links[channel, ts]

    def _messages(self, delivery: Delivery) -> Iterator[dict[str, Any]]:
        assert delivery.attempt_at  # noqa: S101 -- nothing is looked for that was never begun
        method = "conversations.replies" if delivery.thread_ts else "conversations.history"
        cursor = None
        for _ in range(_MOST_PAGES):
            page = self._client.call(
                method,
                channel=delivery.channel,
                oldest=f"{(delivery.attempt_at - _SKEW).timestamp():.6f}",
                latest=f"{(delivery.attempt_at + _LATE).timestamp():.6f}",
                include_all_metadata=True,
                limit=_PAGE,
                cursor=cursor,
                ts=delivery.thread_ts,
            )
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return


def _payload(message: dict[str, Any]) -> dict[str, Any]:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload") or {} if metadata.get("event_type") == "duckrow" else {}
