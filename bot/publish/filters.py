"""What templates may do with values, in one language. docs/theming.md tells designers of them."""

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache, partial
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from jinja2 import Environment, pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from bot.publish import addresses, feed_words, times, words
from bot.publish.linked import linked

_MOST = 8192  # pieces remembered, of each kind: the same ones stand in many documents
_TIME = Markup('<time datetime="{}">{}</time>')
_BDI = Markup("<bdi>{}</bdi>")

Form = Callable[[datetime, tzinfo], str]


def filters(language: str) -> dict[str, Callable[..., Any]]:
    """By the name that templates call them."""
    spoken: dict[str, Callable[..., Any]] = {
        "clock": pass_context(partial(_moment, form=times.clock)),
        "full": pass_context(partial(_moment, form=partial(times.full, language=language))),
        "clock_utc": _clock_utc,
        "day": partial(_day, language=language),
        "days": partial(times.days, language=language),
        "month": partial(times.month, language=language),
        "month_name": partial(times.month_name, language=language),
        "span": partial(times.span, language=language),
        "percent": partial(times.percent, language=language),
        "listing": partial(_listing, language=language),
        "status_page": partial(words.status_page, language=language),
    }
    return spoken | feed_words.FILTERS | _SAME_IN_EVERY_LANGUAGE


@lru_cache(_MOST)
def _time(moment: datetime, zone: tzinfo, form: Form) -> Markup:
    """An element that knows its day and offset, whatever it shows."""
    return _TIME.format(times.machine(moment, zone), form(moment, zone))


def _moment(context: Context, moment: datetime, *, form: Form) -> Markup:
    return _time(moment, context["zone"], form)


def _clock_utc(moment: datetime) -> Markup:
    """19:40 UTC."""
    return _time(moment, UTC, times.clock)


def _day(day: date, language: str) -> Markup:
    return _TIME.format(day.isoformat(), times.day(day, language))


def _listing(names: Iterable[str], language: str) -> Markup:
    """Names as a sentence has them, each kept apart from the sentence's direction."""
    return Markup(times.listing([_BDI.format(name) for name in names], language))  # noqa: S704


@pass_context
def _local(context: Context, moment: datetime) -> datetime:
    """The moment in the page's zone, for what a template puts together itself."""
    return moment.astimezone(context["zone"])


def _xml(text: str) -> Markup:
    """Text for XML, escaped no more than it must be: quotes stay, as Statuspage's feed has them."""
    return Markup(xml_escape(str(text)))  # noqa: S704


@pass_context
def _fragment(context: Context, macro: str, *values: Hashable) -> Markup:
    """What a macro of _parts.html makes of these values, made once for all documents."""
    return _made(context.environment, macro, values, context["root"], context["zone"])


@lru_cache(_MOST)
def _made(
    environment: Environment, macro: str, values: tuple[Hashable, ...], root: str, zone: tzinfo
) -> Markup:
    parts = _parts(environment, root, zone)
    return Markup(getattr(parts, macro)(*values))  # noqa: S704 -- a template made it


@lru_cache(8)
def _parts(environment: Environment, root: str, zone: tzinfo) -> TemplateModule:
    return environment.get_template("_parts.html").make_module({"root": root, "zone": zone})


_SAME_IN_EVERY_LANGUAGE: dict[str, Callable[..., Any]] = {
    "local": _local,
    "zone": times.zone_of,
    "utc": times.utc,
    "html": words.html,
    "plain": words.plain,
    "brief": words.brief,
    "feed_html": words.feed_html,
    "xml": _xml,
    "fragment": _fragment,
    "host": addresses.host,
    "permalink": addresses.incident,
    "linked": linked,
}
