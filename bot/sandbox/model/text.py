"""How Slack writes down what apps post and what people type.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable

LONGEST_POST = 40_000
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

_CODE = r"(?P<code>```.+?```|`[^`\n]+`)"
_BRACKETS = r"(?P<brackets><(?:[@#!]|https?://|mailto:|tel:)[^<>\n]*>)"
_ENTITY = r"(?P<entity>&(?:amp|lt|gt);)"
_LINK = r"(?P<link>https?://[^\s<>|]*[^\s<>|.,;:!?)\]}\"'])"
_CHAR = r"(?P<char>[&<>])"

_POSTED = re.compile(f"{_CODE}|{_BRACKETS}|{_ENTITY}|{_LINK}|{_CHAR}", re.DOTALL)
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_NAME = r"(?P<name>(?<!\w)[@#][\w.-]*\w)"
_TYPED = re.compile(f"{_CODE}|{_LINK}|{_NAME}|{_CHAR}", re.DOTALL)

# Gives the id that stands for "@name" or "#name", or None.
Lookup = Callable[[str], str | None]


def posted(text: str) -> str:
    """What a message's text reads like once Slack has it: escaped, linked, cut."""
    return _POSTED.sub(_keep, text[:LONGEST_POST])


def _keep(match: re.Match[str]) -> str:
    found = match.group()
    kinds = {
        "code": lambda: escaped_once(found),
        "brackets": lambda: _BARE_AMPERSAND.sub("&amp;", found),
        "entity": lambda: found,
        "link": lambda: f"<{_BARE_AMPERSAND.sub('&amp;', found)}>",
        "char": lambda: ENTITIES[found],
    }
    return kinds[match.lastgroup or "char"]()


def escaped_once(text: str) -> str:
    """Entities that stand there already are left alone."""
    text = _BARE_AMPERSAND.sub("&amp;", text)
    return text.replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, lookup: Lookup, *, links: bool = True) -> str:
    """What somebody typed: every & < > is meant as it stands, known names become ids."""
    return _TYPED.sub(lambda match: _read(match, lookup, links=links), text)


def _read(match: re.Match[str], lookup: Lookup, *, links: bool) -> str:
    found = match.group()
    if match.lastgroup == "name":
        return lookup(found) or found
    escaped = re.sub("[&<>]", lambda each: ENTITIES[each.group()], found)
    return f"<{escaped}>" if match.lastgroup == "link" and links else escaped


def command(text: str, lookup: Lookup, *, should_escape: bool, wraps_links: bool) -> str:
    """The `text` of a slash command.

    Known: names become ids when the app's should_escape is on, and only then.
    (?) Whether & < > arrive as entities without it; Slack's page on escaping says always, and so
    do we. (?) Whether links are wrapped: see Installation.wraps_links.
    """
    return typed(
        text.strip(),
        lookup if should_escape else lambda _name: None,
        links=should_escape and wraps_links,
    )
