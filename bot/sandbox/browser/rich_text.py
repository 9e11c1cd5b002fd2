"""Rich text blocks as HTML, built from escaped leaves."""

from collections.abc import Callable

from markupsafe import Markup, escape

from bot.sandbox.browser.markup import Names, emoji, link, mention, plain, tagged
from bot.sandbox.model.errors import Json

STYLES = {"bold": "strong", "italic": "em", "strike": "s", "code": "code", "underline": "u"}
PARTS = {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}

ELEMENTS: dict[str, Callable[[Json, Names], Markup]] = {
    "text": lambda given, _: plain(given["text"]),
    "link": lambda given, _: link(given["url"], given.get("text") or given["url"]),
    "emoji": lambda given, _: emoji(given["name"]),
    "date": lambda given, _: escape(given.get("fallback") or given["timestamp"]),
    "color": lambda given, _: escape(given["value"]),
    "channel": lambda given, names: mention(f"#{names(given['channel_id'])}"),
    "user": lambda given, names: mention(f"@{names(given['user_id'])}"),
    "usergroup": lambda given, names: mention(f"@{names(given['usergroup_id'])}"),
    "broadcast": lambda given, _: mention(f"@{given['range']}"),
}


def rich_text(block: Json, names: Names) -> Markup:
    """The whole block."""
    return Markup("").join(_part(part, names) for part in block["elements"])


def _part(part: Json, names: Names) -> Markup:
    if part["type"] != "rich_text_list":
        return tagged(PARTS.get(part["type"], "p"), _line(part, names))
    items = [tagged("li", _line(item, names)) for item in part["elements"]]
    return tagged("ol" if part["style"] == "ordered" else "ul", Markup("").join(items))


def _line(part: Json, names: Names) -> Markup:
    return Markup("").join(_styled(each, names) for each in part["elements"])


def _styled(element: Json, names: Names) -> Markup:
    shown = ELEMENTS[element["type"]](element, names)
    for style, tag in STYLES.items():
        if element.get("style", {}).get(style):
            shown = tagged(tag, shown)
    return shown
