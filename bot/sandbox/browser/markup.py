"""Slack's mrkdwn as HTML, safe by construction: every leaf is escaped, only our own tags are not.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from markupsafe import Markup, escape

ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
SCHEMES = frozenset({"http", "https", "mailto"})
EMOJI = {
    "white_check_mark": "✅",
    "warning": "⚠️",
    "duck": "🦆",
    "eyes": "👀",
    "rotating_light": "🚨",
    "wrench": "🔧",
    "tada": "🎉",
    "wave": "👋",
}
DATES = {
    "date_num": "%Y-%m-%d",
    "date": "%B %-d, %Y",
    "date_pretty": "%B %-d, %Y",
    "date_short": "%b %-d, %Y",
    "date_short_pretty": "%b %-d, %Y",
    "date_long": "%A, %B %-d, %Y",
    "date_long_pretty": "%A, %B %-d, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
}

_FENCE = r"```\n?(?P<fence>.+?)```"
_CODE = r"`(?P<code>[^`\n]+)`"
_BRACKETS = r"<(?P<brackets>[^<>\n]+)>"
_QUOTE = r"(?:^|(?<=\n))(?P<quote>(?:&gt;[^\n]*(?:\n|$))+)"
_SHORT = r":(?P<emoji>[a-z_]+):"
_LINE = r"(?P<line>\n)"


def _emphasis(name: str, mark: str) -> str:
    """Only at word boundaries, so that snake_case and 2*3*4 survive."""
    sign = re.escape(mark)
    inner = rf"(?P<{name}>[^\s{sign}](?:[^\n{sign}]*[^\s{sign}])?)"
    return rf"(?<![\w{sign}]){sign}{inner}{sign}(?![\w{sign}])"


_MARKUP = re.compile(
    "|".join(
        (
            *(_FENCE, _CODE, _QUOTE, _BRACKETS, _SHORT, _LINE),
            *(_emphasis("strong", "*"), _emphasis("em", "_"), _emphasis("s", "~")),
        )
    ),
    re.DOTALL,
)

# Gives the name that stands for an id such as U123, C123 or S123.
Names = Callable[[str], str]


def plain(text: str) -> Markup:
    """Text without markup, its lines kept."""
    return Markup("<br>").join(text.split("\n"))


def mrkdwn(text: str, names: Names) -> Markup:
    """Stored message text as HTML."""
    found, at = [], 0
    for match in _MARKUP.finditer(text):
        found += [_leaf(text[at : match.start()]), _marked(match, names)]
        at = match.end()
    return Markup("").join([*found, _leaf(text[at:])])


def _leaf(text: str) -> Markup:
    decoded = re.sub("&(?:lt|gt|amp);", lambda match: ENTITIES[match.group()], text)
    return escape(decoded)


def _marked(match: re.Match[str], names: Names) -> Markup:
    kind = match.lastgroup or ""
    inner = match.group(kind)
    if kind in LEAVES:
        return LEAVES[kind](inner)
    if kind == "brackets":
        return _bracketed(inner, names)
    if kind == "quote":
        kind = "blockquote"
        inner = "\n".join(line.removeprefix("&gt;").strip() for line in inner.splitlines())
    return tagged(kind, mrkdwn(inner, names))


def tagged(tag: str, inner: Markup) -> Markup:
    """An element with one of our own names."""
    return Markup(f"<{tag}>{{}}</{tag}>").format(inner)  # noqa: S704 -- never what somebody typed


def emoji(name: str) -> Markup:
    """The usual ones; others keep their name."""
    return escape(EMOJI.get(name, f":{name}:"))


LEAVES: dict[str, Callable[[str], Markup]] = {
    "line": lambda _: Markup("<br>"),
    "fence": lambda inner: tagged("pre", _leaf(inner.rstrip("\n"))),
    "code": lambda inner: tagged("code", _leaf(inner)),
    "emoji": emoji,
}


def _bracketed(inner: str, names: Names) -> Markup:
    target, _, label = inner.partition("|")
    sign, rest = target[:1], target[1:]
    if sign == "@":
        return mention(f"@{names(rest)}")
    if sign == "#":
        return mention(f"#{names(rest)}")
    if sign != "!":
        return link(_leaf(target).unescape(), _leaf(label or target))
    if rest.startswith("date^"):
        return _date(rest, label)
    if rest.startswith("subteam^"):
        return mention(label or f"@{names(rest.removeprefix('subteam^'))}")
    return mention(f"@{rest}")


def mention(text: str) -> Markup:
    """A name that Slack highlights."""
    return Markup('<span class="mention">{}</span>').format(text)


def link(url: str, label: Markup | str) -> Markup:
    """A link, when its address is of a harmless kind; else its words alone."""
    if urlsplit(url.strip()).scheme.lower() not in SCHEMES:
        return escape(label)
    opened = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">').format(url)
    return opened + label + Markup("</a>")


@dataclass(frozen=True)
class _Moment:
    at: datetime

    def __call__(self, match: re.Match[str]) -> str:
        form = DATES.get(match.group(1))
        return self.at.strftime(form) if form else match.group()


def _date(token: str, fallback: str) -> Markup:
    """`date^epoch^format^link`, in the zone of this machine, as Slack shows it in the reader's."""
    _, epoch, form, *_ = [*token.split("^"), "", ""]
    if not epoch.isdigit() or len(epoch) > len("99999999999"):
        return _leaf(fallback)
    at = datetime.fromtimestamp(int(epoch), UTC).astimezone()
    shown = re.sub(r"\{(\w+)\}", _Moment(at), form)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), shown)
