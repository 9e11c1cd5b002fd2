"""What stands before the text of a line: the incident, components, impact and time."""

import re
from typing import Any

from bot.core.errors import Refusal
from bot.core.grammar.declaration import RESERVED, Command, Vocabulary, how, listed
from bot.core.grammar.guess import did_you_mean, fold, shown, suggest
from bot.core.grammar.times import read_at, read_coming
from bot.core.grammar.values import (
    AS_TEXT,
    like_a_status,
    read_impact,
    read_length,
    read_number,
    read_status,
    status,
)
from bot.core.status import ComponentStatus
from bot.core.text import to_line

_BLANK = re.compile(r"[^\S\n]*")
# Where a channel is called 12, Slack makes a link of #12.
_NUMBER = re.compile(r"(?:#([0-9]+)|<#[A-Z0-9]+\|([0-9]+)>)(\S*)")
_END = re.compile(r"(?:--|\u2014)(?=\s|\Z)")  # telephones make a dash of the two
_QUOTES = '"\u201c\u201d\u201e\u201f'
_QUOTED = rf"[{_QUOTES}]([^{_QUOTES}\n]*)[{_QUOTES}]"
_NAME = re.compile(rf"(?:{_QUOTED}|(<[^<>\n]+>|[^\s<>|{_QUOTES}]+))(?=\s|\Z)")
_TOKEN = re.compile(
    rf"(?:{_QUOTED}[^\S\n]*=[^\S\n]*|([^\s=<>|/:?#`{_QUOTES}]+|<[^<>\n]+>)=)(?:{_QUOTED}(?=\s|\Z)|(\S*))"
)


def read_arguments(
    command: Command, rest: str, vocabulary: Vocabulary
) -> tuple[dict[str, Any], str]:
    """Values by kind, and what remains as text."""
    named: dict[str, ComponentStatus] = {}
    found: dict[str, Any] = {"components": named, "maintained": named}
    at = _blank(rest, 0)
    if command.takes("incident") and (number := _NUMBER.match(rest, at)) and _is_number(number):
        found["incident"] = read_number(number[1] or number[2])
        at = _blank(rest, number.end())
    while (after := _argument_end(rest, at, found, command, vocabulary)) is not None:
        at = _blank(rest, after)
    if end := _END.match(rest, at):
        at = end.end()
    return found, rest[at:]


def _argument_end(
    rest: str, at: int, found: dict[str, Any], command: Command, vocabulary: Vocabulary
) -> int | None:
    """Where the argument ends that stands here, which is then among the `found`; None if none."""
    token = _TOKEN.match(rest, at)
    if token and _take(token, found, command, vocabulary):
        return token.end()
    # A component's bare name stands before the window: after it, the same word is the title's.
    if command.takes("maintained") and "from" not in found:
        name = _NAME.match(rest, at)
        if name and _take_name(to_line(name[1] or name[2] or ""), found, vocabulary):
            return name.end()
    return None


def _blank(rest: str, at: int) -> int:
    blank = _BLANK.match(rest, at)
    return blank.end() if blank else at


def _is_number(match: re.Match[str]) -> bool:
    """#12 alone is; "#12:" might be either, and must not land on the wrong incident."""
    if match[3] and all(character in ",.:;!?)" for character in match[3]):
        number = shown(match[1] or match[2])
        raise Refusal(
            f'"#{number}{shown(match[3])}" may be an incident or text.',
            f"For the incident, write #{number} and a space. {AS_TEXT}",
        )
    return not match[3]


def _take(
    token: re.Match[str], found: dict[str, Any], command: Command, vocabulary: Vocabulary
) -> bool:
    """Put the argument among the `found`; False if it is only text with an equals sign."""
    name, value = (
        to_line(one or other or "") for one, other in (token.group(1, 2), token.group(3, 4))
    )
    if fold(name) in RESERVED:
        _take_setting(fold(name), value, found, command, vocabulary)
        return True
    slug = _component(name, vocabulary)
    if slug is None and not _is_near_miss(name, value, vocabulary):
        return False
    if not (command.takes("components") or command.takes("maintained")):
        raise _not_taken("component status", command, vocabulary)
    if slug is None:
        raise _unknown(name, value, vocabulary)
    said = read_status(slug, value)
    if command.takes("maintained") and said is not ComponentStatus.UNDER_MAINTENANCE:
        raise Refusal(
            f"a maintenance cannot say that {slug} is {said.label.lower()}.",
            f"Write only its name; what goes wrong is an incident. {AS_TEXT}",
        )
    _add(slug, said, found)
    return True


def _take_name(name: str, found: dict[str, Any], vocabulary: Vocabulary) -> bool:
    """The same for a component's bare name; a near miss must not become the title's first word."""
    slug = _component(name, vocabulary)
    if slug is None and _guess(name, vocabulary) in vocabulary.components:
        raise _unknown(name, "", vocabulary)
    if slug is None:
        return False
    _add(slug, ComponentStatus.UNDER_MAINTENANCE, found)
    return True


def _add(slug: str, said: ComponentStatus, found: dict[str, Any]) -> None:
    if slug in found["components"]:
        raise _twice(slug)
    found["components"][slug] = said


def _take_setting(
    name: str, value: str, found: dict[str, Any], command: Command, vocabulary: Vocabulary
) -> None:
    if not command.takes(name):
        raise _not_taken(f"{name}=", command, vocabulary)
    if name in found:
        raise _twice(name)
    found[name] = _setting(name, value, vocabulary)


def _setting(name: str, value: str, vocabulary: Vocabulary) -> Any:
    match name:
        case "at":
            return read_at(value, vocabulary)
        case "from" | "until":
            return read_coming(name, value, vocabulary)
        case "for":
            return read_length(value)
        case _:
            return read_impact(value)


def _component(name: str, vocabulary: Vocabulary) -> str | None:
    """The short name of the component, itself or by the name readers know."""
    known = vocabulary.components
    slugs = [slug for slug in known if fold(slug) == fold(name)]
    slugs = slugs or [slug for slug, public in known.items() if fold(public) == fold(name)]
    if len(slugs) > 1:
        raise Refusal(
            f'several components are called "{shown(name)}".',
            f"Use the short name: {listed(slugs, 'or')}.",
        )
    return slugs[0] if slugs else None


def _is_near_miss(name: str, value: str, vocabulary: Vocabulary) -> bool:
    """What was meant as an argument must not be published as text."""
    return bool(status(value) or like_a_status(value) or _guess(name, vocabulary))


def _guess(name: str, vocabulary: Vocabulary) -> str | None:
    known = vocabulary.components
    words = {public: slug for slug, public in known.items()} | {slug: slug for slug in known}
    guess = suggest(name, [*words, "at", "impact"])
    return words.get(guess, guess) if guess else None


def _unknown(name: str, value: str, vocabulary: Vocabulary) -> Refusal:
    names = ", ".join(vocabulary.components)
    remedy = f"Components: {names}." if names else "The page has no components."
    if not status(value):
        remedy = f"{remedy} {AS_TEXT}"
    return Refusal(
        f'there is no component "{shown(name)}".',
        f"{did_you_mean(_guess(name, vocabulary))}{remedy}",
    )


def _not_taken(what: str, command: Command, vocabulary: Vocabulary) -> Refusal:
    return Refusal(
        f"{command.name} takes no {what}.", f"{AS_TEXT}\n{how(command, vocabulary.slash)}"
    )


def _twice(what: str) -> Refusal:
    return Refusal(f"{what} is given twice.", f"Keep one of them. {AS_TEXT}")
