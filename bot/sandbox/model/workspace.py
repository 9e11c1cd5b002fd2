"""The workspace: everything Slack knows, in memory, behind one lock."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.messages import Message, Timeline
from bot.sandbox.model.people import (
    GROUPS,
    HOME_TEAM,
    PEOPLE,
    Channel,
    Installation,
    Person,
    UserGroup,
    usual_channels,
)
from bot.sandbox.model.rates import Rates
from bot.sandbox.model.tickets import Tickets
from bot.sandbox.model.views import Screens


class Workspace:
    """A team with people, channels and one installed app; every part has a sensible default.

    Whoever reads or changes it holds `lock`, or uses `changing()`, which also tells those who wait.
    """

    def __init__(
        self,
        *,
        people: Iterable[Person] = PEOPLE,
        channels: Iterable[Channel] | None = None,
        groups: Iterable[UserGroup] = GROUPS,
        app: Installation | None = None,
        rate_limits: bool = True,
        free_plan: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.team_id, self.team_name, self.domain = HOME_TEAM, "The Pond", "the-pond"
        self.app = app or Installation()
        bot = Person(self.app.bot_user, self.app.name, "Duckrow", is_bot=True)
        self.people = {person.id: person for person in (*people, bot)}
        self.groups = {group.id: group for group in groups}
        given = usual_channels() if channels is None else channels
        self.channels = {channel.id: channel for channel in given}
        self.timelines = {identity: Timeline() for identity in self.channels}
        self.rate_limits, self.free_plan, self.clock = rate_limits, free_plan, clock
        self.rates, self.tickets, self.screens = Rates(), Tickets(), Screens()
        self.listeners: list[Callable[[Json], None]] = []
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.version = 0
        self._last_ts = 0

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock, and tell everybody who waits that something may be different."""
        with self.lock:
            yield
            self.version += 1
            self.changed.notify_all()

    def wait(self, version: int, seconds: float) -> int:
        """Until the version is another one, or the time is over; returns the version."""
        with self.lock:
            self.changed.wait_for(lambda: self.version != version, seconds)
            return self.version

    def person(self, name: str) -> Person:
        """By id, name or @name; raises LookupError."""
        bare = name.removeprefix("@")
        for person in self.people.values():
            if bare in {person.id, person.name}:
                return person
        raise LookupError(f"nobody is called {name}")

    def channel(self, name: str) -> Channel:
        """By id, name or #name; raises LookupError."""
        bare = name.removeprefix("#")
        for channel in self.channels.values():
            if bare in {channel.id, channel.name}:
                return channel
        raise LookupError(f"there is no channel {name}")

    def seen_by_app(self, channel_id: str) -> Channel:
        """The channel when the app may know of it; raises SlackError."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.is_private and self.app.bot_user not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def mention(self, name: str) -> str | None:
        """What "@name" or "#name" is written as, or None when nobody is called so."""
        bare = name[1:].lower()
        if name.startswith("#"):
            found = [c for c in self.channels.values() if c.name == bare]
            return next((f"<#{c.id}|{'' if c.is_private else c.name}>" for c in found), None)
        if bare in {"channel", "here", "everyone"}:
            return f"<!{bare}>"
        for group in self.groups.values():
            if group.handle == bare:
                return f"<!subteam^{group.id}|@{group.handle}>"
        return next((f"<@{p.id}|{p.name}>" for p in self.people.values() if p.name == bare), None)

    def next_ts(self) -> str:
        """Unique and rising, whatever the clock does."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add(self, message: Message) -> Message:
        """Put it at the end of its channel; what others see is also an event."""
        with self.changing():
            self.timelines[message.channel].messages.append(message)
            if message.seen_by is None:
                self._message_event(message.channel, message.as_json(with_metadata=True))
        return message

    def edit(self, message: Message, before: Json) -> None:
        """Tell of a change that was made to a message."""
        body = {"subtype": "message_changed", "hidden": True, "previous_message": before}
        self._about(message, body | {"message": message.as_json(with_metadata=True)})

    def delete(self, message: Message) -> None:
        """Take a message away; above a thread it changes into a tombstone, and Slack says so."""
        with self.changing():
            before = message.as_json(with_metadata=True)
            self.timelines[message.channel].remove(message)
            if message.tombstone:
                self.edit(message, before)
                return
            body = {"subtype": "message_deleted", "hidden": True, "deleted_ts": message.ts}
            self._about(message, body | {"previous_message": before})

    def _about(self, message: Message, body: Json) -> None:
        if message.seen_by is None:
            body = {"type": "message", "ts": self.next_ts(), **body}
            self._message_event(message.channel, body)

    def _message_event(self, channel_id: str, body: Json) -> None:
        channel = self.channels[channel_id]
        kind = "group" if channel.is_private else "channel"
        self.emit(
            body | {"channel": channel_id, "channel_type": kind, "event_ts": body["ts"]},
            f"message.{kind}s",
        )
        if "subtype" not in body and f"<@{self.app.bot_user}" in body["text"]:
            mention = body | {"type": "app_mention", "channel": channel_id}
            self.emit(mention | {"event_ts": body["ts"]}, "app_mention")

    def emit(self, event: Json, subscription: str) -> None:
        """Hand an event on, when the app asked for such and is in the channel."""
        channel = self.channels.get(event.get("channel", ""))
        outside = channel is not None and self.app.bot_user not in channel.members
        if subscription in self.app.events and not outside:
            for listener in self.listeners:
                listener(event)

    def join(self, user: str, channel: Channel) -> None:
        """Somebody comes in."""
        with self.changing():
            channel.members.add(user)
            self._membership("member_joined_channel", user, channel)

    def leave(self, user: str, channel: Channel) -> None:
        """Somebody goes, or is taken out."""
        with self.changing():
            self._membership("member_left_channel", user, channel)
            channel.members.discard(user)

    def _membership(self, kind: str, user: str, channel: Channel) -> None:
        event: Json = {"type": kind, "user": user, "channel": channel.id, "team": self.team_id}
        event["channel_type"] = "G" if channel.is_private else "C"
        self.emit(event | {"event_ts": self.next_ts()}, kind)
