"""What a text must be before it is stored."""

import re
import unicodedata

from bot.core.errors import Refusal
from bot.core.text.atoms import decode, unix_lines
from bot.core.text.bidi import straight

# Nobody sees them and no script needs them; joiners, which emoji and Persian need, stay.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff]")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile(r"[\n\u2028\u2029]")
_NAMED = re.compile(
    r"<@(?P<person>[UW][A-Z0-9]+(?:\|[^<>\n]*)?)>"
    r"|<#(?P<channel>[CDG][A-Z0-9]+(?:\|[^<>\n]*)?)>"
    r"|<!subteam\^(?P<group>[A-Z0-9]+(?:\|[^<>\n]*)?)>"
    r"|<!(?P<call>here|channel|everyone)(?:\|[^<>\n]*)?>"
    # In an address (/@here) or a word (ops@here) it calls nobody.
    r"|(?<![^\W_])(?<!/)@(?P<bare>(?i:here|channel|everyone))(?![^\W_])",
)


def clean(text: str, *, limit: int, what: str) -> str:
    """The text as it is stored: as typed, but for line endings and blank edges.

    Raises Refusal, calling it `what`, when it is empty, longer than `limit` characters, or holds
    what no database, feed or page could carry.
    """
    text = unix_lines(text)
    if odd := _UNSTORABLE.search(text):
        raise Refusal(
            f"the {what} holds {_described(odd[0])} at position {odd.start() + 1}.",
            "Take it out and send it again.",
        )
    text = text.strip()
    if not any(unicodedata.category(character)[0] not in "CZ" for character in text):
        raise Refusal(f"the {what} is empty.")
    typed = len(decode(text))  # Slack sends & as &amp;
    if typed > limit:
        raise Refusal(
            f"the {what} is too long: {typed:,} characters; at most {limit:,} fit.",
            "Shorten it.",
        )
    return text


def clean_name(text: str, *, limit: int, what: str) -> str:
    """A title or a name, which is plain text: one line, in its own direction, nothing hidden."""
    name = _INVISIBLE.sub("", straight(clean(text, limit=limit, what=what))).strip()
    if _LINE_BREAK.search(name):
        raise Refusal(f"the {what} has more than one line.", "Put it on one line.")
    return name


def leaks(markup: str) -> tuple[str, ...]:
    """The people, groups and channels that a text names, as people read them: "@ana"."""
    text = decode(straight(markup))
    return tuple(dict.fromkeys(_shown(match) for match in _NAMED.finditer(text)))


def _described(character: str) -> str:
    code = f"(U+{ord(character):04X})"
    match unicodedata.category(character):
        case "Cc":
            return f"a control character {code}"
        case "Cs":
            return f"half a character {code}"
        case _:
            return f"a code that is no character {code}"


def _shown(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    identity, _, label = match[kind].partition("|")
    return ("#" if kind == "channel" else "@") + (label.strip().lstrip("@#") or identity)
