"""What a text is made of, whatever it will be turned into. Every string here is decoded, plain."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Text:
    """Characters that mean themselves."""

    words: str


@dataclass(frozen=True)
class Code:
    """Code inside a line."""

    words: str


@dataclass(frozen=True)
class Link:
    """An address that `safe_url` let through; its label is the address if it has no other."""

    url: str
    label: str


@dataclass(frozen=True)
class Moment:
    """A Slack date; shown in UTC, because a published page has readers in every zone."""

    at: datetime

    @property
    def words(self) -> str:
        """With its year and zone, so that it cannot be misread."""
        return f"{self.at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Emphasis:
    """`mark` is Slack's: * bold, _ italic, ~ struck out."""

    mark: str
    children: "Line"


Inline = Text | Code | Link | Moment | Emphasis
Line = tuple[Inline, ...]


@dataclass(frozen=True)
class Paragraph:
    """Lines as they were typed."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Fence:
    """A block of code."""

    words: str


@dataclass(frozen=True)
class Items:
    """A list; `start` is the first number of a numbered one, None for bullets."""

    items: tuple[Line, ...]
    start: int | None


@dataclass(frozen=True)
class Quote:
    """Never holds another quote."""

    blocks: "tuple[Block, ...]"


Block = Paragraph | Fence | Items | Quote
