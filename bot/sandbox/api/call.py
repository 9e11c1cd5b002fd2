"""One Web API call: its arguments, checked as they are asked for; and the table of methods."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.people import Channel, Person
from bot.sandbox.model.workspace import Workspace

LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Call:
    """What a method is given; `base_url` is the sandbox's own address."""

    workspace: Workspace
    arguments: Json
    base_url: str

    def get(self, name: str) -> Any:
        """An argument; what is empty counts as absent."""
        value = self.arguments.get(name)
        return None if value == "" else value

    def need(self, name: str, error: str = "invalid_arguments") -> str:
        """An argument that must be there; raises SlackError."""
        value = self.get(name)
        if value is None:
            raise SlackError(error)
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Forms say true, True or 1; JSON says true."""
        value = self.get(name)
        return default if value is None else str(value).lower() in {"true", "1"}

    def number(self, name: str, default: int, largest: int, error: str) -> int:
        """A whole number above nothing; raises SlackError."""
        try:
            value = int(self.get(name) or default)
        except ValueError as wrong:
            raise SlackError(error) from wrong
        if not 0 < value <= largest:
            raise SlackError(error)
        return value

    def structure(self, name: str, error: str) -> Any:
        """An argument that is JSON, as text in a form; raises SlackError."""
        value = self.get(name)
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError as wrong:
            raise SlackError(error) from wrong

    def channel(self) -> Channel:
        """The channel named, when the app may know it; raises SlackError."""
        return self.workspace.seen_by_app(self.need("channel", "channel_not_found"))

    def member_of(self) -> Channel:
        """The channel named, when the app is in it; raises SlackError."""
        channel = self.channel()
        if self.workspace.app.bot_user not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def person(self, name: str = "user") -> Person:
        """The person named; raises SlackError."""
        person = self.workspace.people.get(str(self.get(name)))
        if person is None:
            raise SlackError("user_not_found")
        return person

    def need_scope(self, *either: str) -> None:
        """Raises SlackError with what is needed and what there is."""
        provided = self.workspace.app.scopes
        if not set(either) & set(provided):
            scopes = {"needed": ",".join(either), "provided": ",".join(provided)}
            raise SlackError("missing_scope", **scopes)


Do = Callable[[Call], Json]


@dataclass(frozen=True)
class Method:
    """A method: what it does, the scopes of which one is needed, its tier, whose token it takes."""

    name: str
    do: Do
    scopes: tuple[str, ...] = ()
    tier: int = 4
    token: str = "xoxb"  # noqa: S105 -- a token's kind
    # Posting has its own limit, by channel, beside the tiers.
    posts: bool = False


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int = 4, **more: Any) -> Callable[[Do], Do]:
    """Puts a function into the table under the method's name."""

    def register(do: Do) -> Do:
        METHODS[name] = Method(name, do, scopes, tier, **more)
        return do

    return register
