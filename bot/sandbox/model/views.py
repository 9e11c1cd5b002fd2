"""Modals: one stack of views for each person, as on their screen."""

import secrets
from dataclasses import dataclass, field

from bot.sandbox.model.errors import Json, SlackError

DEEPEST_STACK = 3
ABSENT = {"title": None, "submit": None, "close": None, "clear_on_close": False}


@dataclass(eq=False)
class View:
    """One modal, as given by the app, with the state of what was typed into it."""

    id: str
    user: str
    given: Json
    root: str
    previous: str | None = None
    hash: str = field(default_factory=lambda: secrets.token_hex(6))

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        blocks: list[Json] = self.given["blocks"]
        return blocks

    def replace(self, given: Json) -> None:
        """Show something else in it."""
        self.given, self.hash = given, secrets.token_hex(6)

    def as_json(self, values: Json | None = None) -> Json:
        """The `view` object; `values` is what the person has typed and chosen."""
        return {
            **ABSENT,
            "notify_on_close": False,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            **self.given,
            "id": self.id,
            "hash": self.hash,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "state": {"values": values or {}},
        }


class Screens:
    """Every person's open modals, the topmost last."""

    def __init__(self) -> None:
        self.stacks: dict[str, list[View]] = {}
        self.count = 0

    def top(self, user: str) -> View | None:
        """What the person sees."""
        stack = self.stacks.get(user, [])
        return stack[-1] if stack else None

    def open(self, user: str, given: Json) -> View:
        """A new modal takes the place of what was open."""
        self.stacks[user] = []
        return self._add(user, given)

    def push(self, user: str, given: Json) -> View:
        """On top of the open one; raises SlackError."""
        if not self.stacks.get(user):
            raise SlackError("not_found")
        if len(self.stacks[user]) >= DEEPEST_STACK:
            raise SlackError("push_limit_reached")
        return self._add(user, given)

    def _add(self, user: str, given: Json) -> View:
        self.count += 1
        identity, stack = f"V{self.count:08d}", self.stacks[user]
        root = stack[0].id if stack else identity
        stack.append(View(identity, user, given, root, stack[-1].id if stack else None))
        return stack[-1]

    def find(self, view_id: str | None, external_id: str | None = None) -> View:
        """The open view with either id; raises SlackError."""
        for stack in self.stacks.values():
            for view in stack:
                named = external_id and view.given.get("external_id") == external_id
                if view.id == view_id or named:
                    return view
        raise SlackError("not_found")

    def close(self, view: View) -> None:
        """Back to the view under it."""
        self.stacks[view.user].remove(view)

    def clear(self, user: str) -> None:
        """All of them at once."""
        self.stacks[user] = []
