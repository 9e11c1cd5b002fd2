"""A text as text: for Slack, for JSON and feeds, and as one line."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from bot.core.text.bidi import straight
from bot.core.text.links import safe_url
from bot.core.text.parse import parse, parse_lines
from bot.core.text.tree import (
    Block,
    Code,
    Emphasis,
    Fence,
    Inline,
    Items,
    Line,
    Link,
    Moment,
    Paragraph,
    Quote,
    Text,
)


@dataclass(frozen=True)
class _Style:
    """How the parts of a text are written."""

    text: Callable[[str], str]
    link: Callable[[Link], str]
    bullet: str
    marks: bool  # write the marks of emphasis and code


def escape_slack(text: str) -> str:
    """Plain text as Slack wants it: & < > and nothing else, so that no mention comes alive."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_slack(markup: str) -> str:
    """Slack's markup again, with only our kinds of link and emphasis live, and no mention."""
    return _blocks(parse(straight(markup)), _SLACK)


def to_plain(markup: str) -> str:
    """Plain text; a link is its label and its address. For JSON, feeds and previews."""
    return _blocks(parse(straight(markup)), _PLAIN)


def to_line(markup: str) -> str:
    """What was typed as a title, as plain text: no blocks, links by their labels."""
    return "\n".join(_line(line, _LABELS) for line in parse_lines(straight(markup)))


def summary(markup: str, limit: int) -> str:
    """The plain text on one line of at most `limit` characters, cut after a word."""
    line = " ".join(to_plain(markup).split())
    if len(line) <= limit:
        return line
    kept = line[: limit - 1]
    words = kept if line[limit - 1] == " " else kept.rpartition(" ")[0]
    return f"{(words or kept).rstrip(' ,;:.-')}…"


def _blocks(blocks: tuple[Block, ...], style: _Style) -> str:
    gaps = ["", *(_gap(before, block) for before, block in pairwise(blocks))]
    pairs = zip(gaps, blocks, strict=False)
    return "".join(gap + _block(block, style) for gap, block in pairs)


def _gap(before: Block, block: Block) -> str:
    joined = isinstance(block, Items) and isinstance(before, Paragraph | Items)
    return "\n" if joined else "\n\n"


def _block(block: Block, style: _Style) -> str:
    match block:
        case Paragraph(lines):
            return "\n".join(_line(line, style) for line in lines)
        case Fence(words):
            code = style.text(words)
            return f"```\n{code}\n```" if style.marks else code
        case Items(items, start):
            marker = "{}. " if start is not None else style.bullet
            numbered = enumerate(items, start or 0)
            return "\n".join(marker.format(at) + _line(item, style) for at, item in numbered)
        case Quote(blocks):
            inner = _blocks(blocks, style).split("\n")
            return "\n".join(f"> {line}" if line else ">" for line in inner)


def _line(line: Line, style: _Style) -> str:
    return "".join(_inline(inline, style) for inline in line)


def _inline(inline: Inline, style: _Style) -> str:
    match inline:
        case Text(words) | Moment(words=words):
            return style.text(words)
        case Code(words):
            return f"`{style.text(words)}`" if style.marks else style.text(words)
        case Link():
            return style.link(inline)
        case Emphasis(mark, children):
            return (
                f"{mark}{_line(children, style)}{mark}" if style.marks else _line(children, style)
            )


def _slack_link(link: Link) -> str:
    label = "" if link.label == link.url else f"|{escape_slack(link.label)}"
    return f"<{escape_slack(link.url)}{label}>"


def _plain_link(link: Link) -> str:
    """The label alone only where it is the very address."""
    if link.url in (safe_url(link.label), safe_url(f"mailto:{link.label}")):
        return link.label
    return link.url if link.url.partition("//")[2] == link.label else f"{link.label} ({link.url})"


def _label(link: Link) -> str:
    return link.label


_SLACK = _Style(text=escape_slack, link=_slack_link, bullet="• ", marks=True)
_PLAIN = _Style(text=str, link=_plain_link, bullet="- ", marks=False)
_LABELS = _Style(text=str, link=_label, bullet="", marks=False)
