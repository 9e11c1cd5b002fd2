"""Second step: lines and blocks, and emphasis inside a line."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from bot.core.text.atoms import BLOCK, INLINE, Atom, flatten
from bot.core.text.tree import (
    Block,
    Code,
    Emphasis,
    Fence,
    Inline,
    Items,
    Line,
    Paragraph,
    Quote,
    Text,
)

_QUOTE = re.compile(r">{1,3} ?")
_BULLET = re.compile(r"[ \t]*[\u2022\u25e6\u25aa*-][ \t]+(?=\S)")
_NUMBER = re.compile(r"[ \t]*(0|[1-9][0-9]{0,5})\.[ \t]+(?=\S)")
_MARKS = frozenset("*_~")
_PIECE = re.compile(rf"[*_~{INLINE}{BLOCK}]|[^*_~{INLINE}{BLOCK}]+")


def parse(markup: str) -> tuple[Block, ...]:
    """Slack's markup as blocks, for any input."""
    text, atoms = flatten(markup)
    lines = text.replace(BLOCK, f"\n{BLOCK}\n").split("\n")
    return tuple(_blocks(lines, atoms, quotes=True))


def parse_lines(markup: str) -> tuple[Line, ...]:
    """Slack's markup line by line, blocks being no more than their text."""
    text, atoms = flatten(markup)
    return tuple(_inline(line, atoms) for line in text.split("\n"))


def _blocks(lines: Iterable[str], atoms: Iterator[Atom], *, quotes: bool) -> Iterator[Block]:
    for kind, group in groupby(lines, lambda line: _kind(line, quotes=quotes)):
        yield from _block(kind, list(group), atoms)


def _kind(line: str, *, quotes: bool) -> str:
    if not line.strip():
        return "blank"
    if line == BLOCK:
        return "fence"
    if quotes and line.startswith(">"):
        return "quote"
    if _BULLET.match(line):
        return "bullets"
    return "numbers" if _NUMBER.match(line) else "text"


def _block(kind: str, lines: list[str], atoms: Iterator[Atom]) -> Iterator[Block]:
    match kind:
        case "fence":
            yield from (atom for _ in lines if isinstance(atom := next(atoms), Fence))
        case "quote":
            inner = (_QUOTE.sub("", line, count=1) for line in lines)
            if blocks := tuple(_blocks(inner, atoms, quotes=False)):
                yield Quote(blocks)
        case "bullets":
            yield Items(tuple(_inline(_BULLET.sub("", line, 1), atoms) for line in lines), None)
        case "numbers":
            yield from _numbered(lines, atoms)
        case "text":
            yield Paragraph(tuple(_inline(line, atoms) for line in lines))


def _numbered(lines: list[str], atoms: Iterator[Atom]) -> Iterator[Items]:
    """Lists of consecutive numbers, so that every number is shown as it was typed."""
    matches = [match for line in lines if (match := _NUMBER.match(line))]
    numbered = [(int(match[1]) - at, match) for at, match in enumerate(matches)]
    for _, group in groupby(numbered, lambda pair: pair[0]):
        run = [match for _, match in group]
        items = tuple(_inline(match.string[match.end() :], atoms) for match in run)
        yield Items(items, int(run[0][1]))


@dataclass
class _Open:
    """Emphasis that was opened and may yet be closed."""

    mark: str
    children: list[Inline] = field(default_factory=list)


def _inline(line: str, atoms: Iterator[Atom]) -> Line:
    stack = [_Open("")]  # at most one of each mark above the bottom, so folding stays linear
    for match in _PIECE.finditer(line):
        piece, at = match[0], match.start()
        if piece in (INLINE, BLOCK):
            stack[-1].children.append(_inside_line(next(atoms)))
        elif piece not in _MARKS:
            stack[-1].children.append(Text(piece))
        else:
            _mark(stack, piece, before=line[at - 1 : at], after=line[at + 1 : at + 2])
    _fold(stack, 1)
    return _merged(stack[0].children)


def _inside_line(atom: Atom) -> Inline:
    return Code(atom.words) if isinstance(atom, Fence) else atom


def _mark(stack: list[_Open], mark: str, *, before: str, after: str) -> None:
    """Close, open, or stand for itself; the nearest opening wins."""
    opened = next((at for at, one in enumerate(stack) if one.mark == mark), 0)
    if opened and _solid(before, mark) and _edge(after, mark):
        _fold(stack, opened + 1)
        children = stack.pop().children
        stack[-1].children.append(Emphasis(mark, _merged(children)))
    elif _solid(after, mark) and _edge(before, mark):
        if opened:
            _fold(stack, opened)
        stack.append(_Open(mark))
    else:
        stack[-1].children.append(Text(mark))


def _solid(character: str, mark: str) -> bool:
    """May stand inside, beside the mark."""
    return bool(character) and not character.isspace() and character != mark


def _edge(character: str, mark: str) -> bool:
    """May stand outside, beside the mark: emphasis begins and ends only where words do."""
    if not character:
        return True
    return character != mark and unicodedata.category(character)[0] not in "LNM"


def _fold(stack: list[_Open], height: int) -> None:
    """Down to `height`, what was opened and never closed was only text."""
    while len(stack) > height:
        unclosed = stack.pop()
        stack[-1].children += [Text(unclosed.mark), *unclosed.children]


def _merged(children: list[Inline]) -> Line:
    merged: list[Inline] = []
    for is_text, group in groupby(children, lambda child: isinstance(child, Text)):
        if is_text:
            merged.append(Text("".join(one.words for one in group if isinstance(one, Text))))
        else:
            merged.extend(group)
    return tuple(merged)
