"""Moments and markup as Statuspage's feeds write them: in English, whatever the page speaks."""

from datetime import datetime, tzinfo
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.core.views import Post, Story
from bot.publish import times, words

_MOST = 4096  # posts remembered: the same ones stand in every feed
_QUOTES = {"'": "&apos;", '"': "&quot;"}
_DATE = Markup("{} <var data-var='date'>{:2d}</var>")
_POST = Markup("<p><small>{} {}</small><br><strong>{}</strong> - {}</p>")
_TIME = Markup("<var data-var='time'>{:%H:%M}</var>")


def date_and_time(local: datetime) -> Markup:
    """Feb  5, 11:40, as markup that clients read; a day of one digit is padded with a blank."""
    return Markup("{}, {}").format(
        _DATE.format(times.short_month(local), local.day), _TIME.format(local)
    )


@pass_context
def posts(context: Context, story: Story) -> Markup:
    """A paragraph for each post, newest first; clients read the first label as the state."""
    return Markup("").join(_post(post, context["zone"]) for post in story.posts)


@lru_cache(_MOST)
def _post(post: Post, zone: tzinfo) -> Markup:
    local = post.at.astimezone(zone)
    zone_name, text = times.zone_of(local), words.feed_html(post.text)
    return _POST.format(date_and_time(local), zone_name, post.label, text)


def window(start: datetime, end: datetime) -> Markup:
    """Feb 5, 11:40 - 12:40 PST: from when to when, the end's day where it is another one."""
    said = date_and_time(end) if end.date() != start.date() else _TIME.format(end)
    return Markup("{} - {} {}").format(date_and_time(start), said, times.zone_of(end))


def rfc822(local: datetime) -> str:
    """Fri, 22 Feb 2013 11:40:00 -0800, as RSS has it."""
    return format_datetime(local)


def quoted(text: str) -> Markup:
    """Text for XML with its quotes escaped too, as Statuspage's RSS has them."""
    return Markup(escape(str(text), _QUOTES))  # noqa: S704


FILTERS: dict[str, Any] = {
    "posts": posts,
    "rfc822": rfc822,
    "window": window,
    "quoted": quoted,
}
