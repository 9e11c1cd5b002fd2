"""A text as HTML that is safe wherever block elements may stand."""

from collections.abc import Iterable
from html import escape

from bot.core.text.bidi import turns
from bot.core.text.parse import parse
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

_TAGS = {"*": "strong", "_": "em", "~": "del"}


def to_html(markup: str) -> str:
    """Safe HTML for any input: text, a few elements, and links to what `safe_url` lets through."""
    return _blocks(parse(markup))


def _blocks(blocks: Iterable[Block]) -> str:
    return "\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    match block:
        case Paragraph(lines):
            return f"<p>{'<br>'.join(_line(line) for line in lines)}</p>"
        case Fence(words):
            return f"<pre><code>{_text(words)}</code></pre>"
        case Items():
            return _items(block)
        case Quote(blocks):
            return f"<blockquote>{_blocks(blocks)}</blockquote>"


def _items(block: Items) -> str:
    items = "".join(f"<li>{_line(item)}</li>" for item in block.items)
    if block.start is None:
        return f"<ul>{items}</ul>"
    start = "" if block.start == 1 else f' start="{block.start}"'
    return f"<ol{start}>{items}</ol>"


def _line(line: Line) -> str:
    return "".join(_inline(inline) for inline in line)


def _inline(inline: Inline) -> str:
    match inline:
        case Text(words):
            return _text(words)
        case Code(words):
            return f"<code>{_text(words)}</code>"
        case Link(url, label):
            return f'<a href="{escape(url)}" rel="nofollow noopener">{_text(label)}</a>'
        case Moment(at):
            return f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{inline.words}</time>'
        case Emphasis(mark, children):
            return f"<{_TAGS[mark]}>{_line(children)}</{_TAGS[mark]}>"


def _text(words: str) -> str:
    return f"<bdi>{escape(words)}</bdi>" if turns(words) else escape(words)
