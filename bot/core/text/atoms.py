"""First step of reading Slack's markup: take out what is not to be interpreted any further.

What remains is one decoded string in which a placeholder stands for each atom, in order. Every
expression here is linear: what a failed match has looked at is not looked at again.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.core.text.links import safe_url
from bot.core.text.tree import Code, Fence, Link, Moment, Text

INLINE, BLOCK = "\0", "\1"  # placeholders; `flatten` keeps them out of the text itself

Atom = Text | Code | Link | Moment | Fence

_ATOM = re.compile(
    r"(?<!`)`{3,}(?P<fence>[^`].*?)`{3,}"
    r"|(?<![\w`])`(?P<code>[^`\n]+)`(?![\w`])"
    r"|<(?P<token>[^<>`\n]+)>",
    re.DOTALL,
)
# Beside a backtick it is code that somebody did not finish.
_BARE = re.compile(r"(?<![^\W_])(?<!`)https?://[^\s<>|\"`\u201c\u201d]++(?!`)", re.IGNORECASE)
_ENTITY = re.compile(r"&(amp|lt|gt);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TRAILING = frozenset(".,;:!?*_~'\u2019\u2026]}")
_DATE = re.compile(r"!date\^([0-9]{1,11})\^.*")
_LAST_SECOND = 253_402_300_799  # the end of the year 9999
_CALL = re.compile(r"!(here|channel|everyone)(?:\|.*)?")
# A mention keeps what it is and loses whom it names: the page prints nothing of the inside.
_MENTIONS = (
    (re.compile(r"@[UW][A-Z0-9]+(?:\|.*)?"), "@someone"),
    (re.compile(r"!subteam\^[A-Z0-9]+(?:\|.*)?"), "@group"),
    (re.compile(r"#[CDG][A-Z0-9]+(?:\|.*)?"), "#channel"),
)


def unix_lines(text: str) -> str:
    """Any line ending becomes a newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode(markup: str) -> str:
    """Undo Slack's escaping of & < >, exactly once."""
    return _ENTITY.sub(lambda match: _CHARACTERS[match[1]], markup)


def flatten(markup: str) -> tuple[str, Iterator[Atom]]:
    """The decoded text with a placeholder for each atom, and the atoms in that order."""
    markup = _UNFIT.sub("\ufffd", unix_lines(markup))
    text: list[str] = []
    atoms: list[Atom] = []
    for piece in _pieces(markup):
        if isinstance(piece, str):
            text.append(piece)
        else:
            text.append(BLOCK if isinstance(piece, Fence) else INLINE)
            atoms.append(piece)
    return "".join(text), iter(atoms)


def _pieces(markup: str) -> Iterator[str | Atom]:
    done = 0
    for match in _ATOM.finditer(markup):
        if atom := _atom(match):
            yield from _with_bare_links(decode(markup[done : match.start()]))
            yield atom
            done = match.end()
    yield from _with_bare_links(decode(markup[done:]))


def _atom(match: re.Match[str]) -> Atom | None:
    """What was matched, or None when it is only text in angle brackets."""
    if match["fence"]:
        return Fence(decode(match["fence"]).strip("\n"))
    if match["code"]:
        return Code(decode(match["code"]))
    return _mention(match["token"]) or _moment(match["token"]) or _link(match["token"])


def _mention(token: str) -> Text | None:
    if call := _CALL.fullmatch(token):
        return Text(f"@{call[1]}")
    return next((Text(words) for form, words in _MENTIONS if form.fullmatch(token)), None)


def _moment(token: str) -> Moment | None:
    match = _DATE.fullmatch(token)
    if not match or int(match[1]) > _LAST_SECOND:
        return None
    return Moment(datetime.fromtimestamp(int(match[1]), UTC))


def _link(token: str) -> Link | None:
    address, _, label = (decode(part) for part in token.partition("|"))
    url = safe_url(address)
    return Link(url, label.strip() or _unlabelled(address)) if url else None


def _unlabelled(address: str) -> str:
    return address.partition(":")[2] if address.lower().startswith("mailto:") else address


def _with_bare_links(text: str) -> Iterator[str | Link]:
    """Addresses typed in commands: Slack does not mark those."""
    done = 0
    for match in _BARE.finditer(text):
        address = _without_trailing(match[0])
        if url := safe_url(address):
            yield text[done : match.start()]
            yield Link(url, address)
            done = match.start() + len(address)
    yield text[done:]


def _without_trailing(address: str) -> str:
    """A sentence's punctuation is not the address's; a bracket is, if it was opened inside."""
    unopened = address.count(")") - address.count("(")
    end = len(address)
    while address[end - 1] in _TRAILING or (address[end - 1] == ")" and unopened > 0):
        unopened -= address[end - 1] == ")"
        end -= 1
    return address[:end]
