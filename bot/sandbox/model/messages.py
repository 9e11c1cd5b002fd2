"""Messages, and the channel's timeline that keeps them in order."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.people import HOME_TEAM, SLACKBOT, Installation


@dataclass(eq=False)
class Message:
    """One message; `seen_by` is set when only that person sees it (an ephemeral)."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    app: Installation | None = field(default=None, repr=False)
    metadata: Json | None = None
    edited: str | None = None
    seen_by: str | None = None
    broadcast: bool = False
    response_type: str | None = None
    # A deleted message with replies stays as a tombstone, so that its thread can be read.
    tombstone: bool = False

    @property
    def is_reply(self) -> bool:
        """In a thread, and not its first message."""
        return self.thread_ts not in {None, self.ts}

    def as_json(self, *, with_metadata: bool = False) -> Json:
        """The `message` object, without what its thread adds."""
        if self.tombstone:
            return self._tombstone()
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        body |= {"team": HOME_TEAM}
        if self.app:
            body |= {"bot_id": self.app.bot_id, "app_id": self.app.app_id}
            body["bot_profile"] = {"id": self.app.bot_id, "name": self.app.name}
        optional: Json = {"blocks": self.blocks, "thread_ts": self.thread_ts}
        optional["edited"] = {"user": self.user, "ts": self.edited} if self.edited else None
        optional["metadata"] = self.metadata if with_metadata else None
        optional["subtype"] = "thread_broadcast" if self.broadcast else None
        return body | {key: value for key, value in optional.items() if value}

    def _tombstone(self) -> Json:
        return {
            "type": "message",
            "subtype": "tombstone",
            "user": SLACKBOT,
            "hidden": True,
            "text": "This message was deleted.",
            "ts": self.ts,
            "thread_ts": self.ts,
        }

    def empty(self) -> None:
        """What deleting leaves of a message that has replies."""
        self.tombstone = True
        self.text, self.blocks, self.metadata, self.app = "", [], None, None


@dataclass(eq=False)
class Timeline:
    """A channel's messages, oldest first, ephemerals among them."""

    messages: list[Message] = field(default_factory=list)
    pins: set[str] = field(default_factory=set)

    def public(self) -> Iterator[Message]:
        """What everybody sees."""
        return (message for message in self.messages if message.seen_by is None)

    def find(self, ts: str, error: str = "message_not_found") -> Message:
        """The message with that ts; raises SlackError with the given name."""
        for message in self.public():
            if message.ts == ts and not message.tombstone:
                return message
        raise SlackError(error)

    def root(self, ts: str) -> Message:
        """The message that a thread hangs on; a tombstone with replies is one too."""
        for message in self.public():
            if message.ts == ts:
                return message
        raise SlackError("thread_not_found")

    def roots(self) -> list[Message]:
        """What the channel itself shows, oldest first."""
        return [each for each in self.public() if not each.is_reply or each.broadcast]

    def replies(self, root: str) -> list[Message]:
        """What is under a message, oldest first."""
        return [each for each in self.public() if each.is_reply and each.thread_ts == root]

    def remove(self, message: Message) -> None:
        """Delete it; one with replies leaves a tombstone."""
        if self.replies(message.ts):
            message.empty()
        else:
            self.messages.remove(message)
        self.pins.discard(message.ts)

    def as_json(self, message: Message, *, with_metadata: bool = False) -> Json:
        """The `message` object with what its thread adds to it."""
        body = message.as_json(with_metadata=with_metadata)
        replies = [] if message.is_reply else self.replies(message.ts)
        if message.is_reply and message.thread_ts:
            body["parent_user_id"] = self.root(message.thread_ts).user
        if replies:
            users = list(dict.fromkeys(reply.user for reply in replies))
            body |= {"thread_ts": message.ts, "reply_count": len(replies)}
            body |= {"reply_users": users, "reply_users_count": len(users)}
            body["latest_reply"] = replies[-1].ts
        return body
