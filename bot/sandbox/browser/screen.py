"""What stands on one person's screen: frozen values for the templates."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from markupsafe import Markup

from bot.sandbox.browser.markup import mrkdwn, plain
from bot.sandbox.browser.rich_text import rich_text
from bot.sandbox.model.errors import Json
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import SLACKBOT, Channel, Person
from bot.sandbox.model.views import View
from bot.sandbox.model.workspace import Workspace
from bot.sandbox.scenario import Progress, Scenario


@dataclass(frozen=True)
class Line:
    """A message as it is shown."""

    ts: str = field(metadata={"help": "Names it in its channel"})
    author: str = field(metadata={"help": "Who wrote it"})
    kind: str = field(metadata={"help": "person, app or slack"})
    at: datetime = field(metadata={"help": "When, in this machine's zone"})
    text: Markup = field(metadata={"help": "Its text, for when there are no blocks"})
    blocks: tuple[Json, ...] = field(metadata={"help": "Its blocks"})
    private: bool = field(metadata={"help": "Only this person sees it"})
    edited: bool = field(metadata={"help": "It says so"})
    tombstone: bool = field(metadata={"help": "It was deleted, its thread was not"})
    replies: int = field(metadata={"help": "How many stand under it"})
    in_thread: bool = field(metadata={"help": "It is a reply"})
    pinned: bool = field(metadata={"help": "It is pinned to the channel"})


@dataclass(frozen=True)
class Screen:
    """Passed to the page's template."""

    person: Person = field(metadata={"help": "Who is looking"})
    people: tuple[Person, ...] = field(metadata={"help": "Who one can be"})
    channel: Channel = field(metadata={"help": "The one that is open"})
    channels: tuple[Channel, ...] = field(metadata={"help": "Those the person is in"})
    messages: tuple[Line, ...] = field(metadata={"help": "The channel's, oldest first"})
    thread: tuple[Line, ...] = field(metadata={"help": "The open thread, its root first"})
    thread_ts: str = field(metadata={"help": "The open thread, or nothing"})
    modal: View | None = field(metadata={"help": "What lies over everything"})
    app: str = field(metadata={"help": "The app's name"})
    command: str = field(metadata={"help": "The slash command to try"})
    connected: bool = field(metadata={"help": "The app can be reached"})
    scenario: Scenario | None = field(metadata={"help": "The day that can be replayed"})
    progress: Progress | None = field(metadata={"help": "How far the replay is"})


class Show:
    """Turns what the workspace keeps into what is shown."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def name(self, identity: str) -> str:
        """A person's, channel's or group's name."""
        workspace = self.workspace
        if identity in workspace.people:
            return workspace.people[identity].name
        if identity in workspace.channels:
            return workspace.channels[identity].name
        return workspace.groups[identity].handle if identity in workspace.groups else identity

    def text(self, given: Json) -> Markup:
        """A text object."""
        if given["type"] == "mrkdwn":
            return mrkdwn(given["text"], self.name)
        return plain(given["text"])

    def rich(self, block: Json) -> Markup:
        """A rich_text block."""
        return rich_text(block, self.name)

    def markdown(self, block: Json) -> Markup:
        """A markdown block, its text as it stands."""
        return plain(block["text"])

    def people(self) -> list[tuple[str, str]]:
        """Everybody, for a choice of people: id and name."""
        return [(person.id, person.real_name) for person in self.workspace.people.values()]

    def channels(self) -> list[tuple[str, str]]:
        """All channels, for a choice of channels: id and name."""
        return [(channel.id, f"#{channel.name}") for channel in self.workspace.channels.values()]

    def line(self, message: Message) -> Line:
        """One message."""
        timeline = self.workspace.timelines[message.channel]
        author, kind = self._author(message)
        return Line(
            ts=message.ts,
            author=author,
            kind=kind,
            at=datetime.fromtimestamp(float(message.ts), UTC).astimezone(),
            text=mrkdwn(message.text, self.name),
            blocks=tuple(message.blocks),
            private=message.seen_by is not None,
            edited=message.edited is not None,
            tombstone=message.tombstone,
            replies=0 if message.is_reply else len(timeline.replies(message.ts)),
            in_thread=message.is_reply,
            pinned=message.ts in timeline.pins,
        )

    def _author(self, message: Message) -> tuple[str, str]:
        if message.user == SLACKBOT:
            return "Slackbot", "slack"
        person = self.workspace.people[message.user]
        return person.real_name, "app" if message.app else "person"

    def channel(self, person: Person, channel: Channel) -> tuple[Line, ...]:
        """What the person sees in the channel itself."""
        return self._lines(channel, person, lambda m: not m.is_reply or m.broadcast)

    def thread(self, person: Person, channel: Channel, ts: str) -> tuple[Line, ...]:
        """The thread, its root first; nothing when there is none."""
        return self._lines(channel, person, lambda m: ts in {m.ts, m.thread_ts})

    def _lines(
        self, channel: Channel, person: Person, wanted: Callable[[Message], bool]
    ) -> tuple[Line, ...]:
        messages = self.workspace.timelines[channel.id].messages
        seen = [each for each in messages if each.seen_by in {None, person.id}]
        return tuple(self.line(each) for each in seen if wanted(each))
