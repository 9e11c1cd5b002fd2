"""People's texts on the page. A text that the converter cannot read does not stop the page."""

import logging
from dataclasses import replace
from functools import lru_cache

from markupsafe import Markup, escape

from bot.core import text
from bot.core.views import Story
from bot.words import SOURCE, say

log = logging.getLogger(__name__)

# What pure code raises on a value that it was not written for.
POISON = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
STATUS_PAGE = "%(name)s status"
_MOST = 4096  # texts are converted again in every document that shows them


@lru_cache(_MOST)
def html(markup: str) -> Markup:
    """Safe HTML; a text that cannot be read stands there as it was typed."""
    try:
        return Markup(text.to_html(markup))  # noqa: S704 -- its whole purpose is to be safe
    except POISON:
        log.exception("a text could not be converted")
        return Markup("<p>{}</p>").format(markup)


@lru_cache(_MOST)
def plain(markup: str) -> str:
    """Plain text; one that cannot be read stands there as it was typed."""
    try:
        return text.to_plain(markup)
    except POISON:
        log.exception("a text could not be converted")
        return markup


def brief(markup: str, limit: int) -> str:
    """The beginning of the text in one line."""
    try:
        return text.summary(markup, limit)
    except POISON:
        log.exception("a text could not be converted")
        return markup[:limit]


def in_language(story: Story, language: str) -> Story:
    """The story; what stays of a withdrawn one is our own words, which pages translate."""
    if not story.is_withdrawn:
        return story
    posts = tuple(replace(post, text=say(post.text, language)) for post in story.posts)
    return replace(story, title=say(story.title, language), posts=posts)


def feed_html(markup: str) -> Markup:
    """As feeds have it: plain words, and a break for each line."""
    return Markup("<br />").join(escape(line) for line in plain(markup).split("\n"))


def status_page(name: str, language: str = SOURCE) -> str:
    """What a title calls the page: "Example status", but never "Example Status status"."""
    if name.lower().endswith("status"):
        return name
    return say(STATUS_PAGE, language) % {"name": name}
