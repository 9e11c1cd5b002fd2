"""A subcommand as it is declared: everything that is said about it is derived from this."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Kind = Literal[
    "incident",
    "components",
    "maintained",
    "impact",
    "at",
    "from",
    "until",
    "for",
    "title",
    "text",
    "subcommand",
]

RESERVED = ("at", "impact", "next", "from", "until", "for")  # what no component can be called

_SHAPES: dict[Kind, str] = {
    "incident": "#n",
    "components": "component=status ...",
    "maintained": "component ...",
    "impact": "impact=...",
    "at": "at=...",
    "from": "from=...",
    "until": "until=...",
    "for": "for=...",
    "title": "title",
    "text": "text",
    "subcommand": "subcommand",
}


@dataclass(frozen=True)
class Arg:
    """What a subcommand may be told; `name` is the keyword under which `handle` receives it."""

    name: str
    kind: Kind
    help: str
    required: bool = False

    @property
    def shape(self) -> str:
        """As it is typed."""
        return _SHAPES[self.kind]


@dataclass(frozen=True)
class Command:
    """A subcommand; `example` begins with its name, and help lists commands as they are ordered."""

    name: str
    summary: str
    args: tuple[Arg, ...]
    example: str
    handle: Callable[..., Any]
    order: int = 0
    aliases: tuple[str, ...] = ()
    writes: bool = True

    def takes(self, kind: str) -> bool:
        return any(arg.kind == kind for arg in self.args)


@dataclass(frozen=True)
class Vocabulary:
    """What reading a line needs to know: the page's components (short name to public name), its
    zone, the present, and what the slash command is called.
    """

    components: Mapping[str, str]
    zone: ZoneInfo
    now: datetime
    slash: str


def usage(command: Command, slash: str) -> str:
    """How it is typed: "/incident update [#n] [component=status ...] [at=...] text"."""
    shapes = [arg.shape if arg.required else f"[{arg.shape}]" for arg in command.args]
    return " ".join([slash, command.name, *shapes]).replace("title text", "title | text")


def how(command: Command, slash: str) -> str:
    """The remedy of a line that lacks something or has too much."""
    return f"Usage: {usage(command, slash)}\nExample: {slash} {command.example}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as a sentence lists them: "a, b and c"."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
