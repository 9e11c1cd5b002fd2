"""Slack's markup, read once into a tree, and written as HTML, as plain text and for Slack.

Input is Slack's own escaped form (& < > as entities, links in angle brackets); what people type
outside Slack is read the same way.
"""

from bot.core.text.as_html import to_html
from bot.core.text.as_text import escape_slack, summary, to_line, to_plain, to_slack
from bot.core.text.as_typed import from_plain
from bot.core.text.atoms import unix_lines
from bot.core.text.checks import clean, clean_name, leaks
from bot.core.text.links import safe_url
from bot.core.text.lookalikes import skeleton
from bot.core.text.titles import split_title

__all__ = [
    "clean",
    "clean_name",
    "escape_slack",
    "from_plain",
    "leaks",
    "safe_url",
    "skeleton",
    "split_title",
    "summary",
    "to_html",
    "to_line",
    "to_plain",
    "to_slack",
    "unix_lines",
]
