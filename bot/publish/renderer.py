"""Templates, compiled once; each is given one frozen view, and people's texts as data only."""

import base64
import hashlib
import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from bot.publish import addresses, times, words

_MOST = 8192  # pieces remembered, of each kind: the same ones stand in many documents
TEMPLATES = Path(__file__).parents[2] / "templates" / "site"

# What neither HTML nor XML can hold.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render(template: str, view: Any) -> str:
    """The template with the fields of a view as its variables."""
    said = environment().get_template(template).render(_variables(view))
    return _UNFIT.sub("\ufffd", said)


def fingerprint() -> str:
    """A name for this program and these templates: another one writes every document again."""
    digest = hashlib.sha256(version("duckrow").encode())
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def environment() -> Environment:
    """The templates, and the words they may use."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html", "xml", "atom")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "clock": _clock,
        "full": _full,
        "day": _day,
        "days": times.days,
        "zone": times.zone_of,
        "span": times.span,
        "month": times.month,
        "month_name": times.month_name,
        "short_month": times.short_month,
        "utc": times.utc,
        "local": _local,
        "html": words.html,
        "plain": words.plain,
        "brief": words.brief,
        "feed_html": words.feed_html,
        "xml": _xml,
        "fragment": _fragment,
        "host": addresses.host,
        "status_page": words.status_page,
        "permalink": addresses.incident,
    }
    style, script = _source("_style.css"), _source("_script.js")
    made.globals |= {
        "style": Markup(style),  # noqa: S704 -- ours
        "script": Markup(script),  # noqa: S704 -- ours
        "csp": _policy(style, script),
    }
    return made


def _variables(view: Any) -> dict[str, Any]:
    """The view's fields, and of its page the two things that every template needs."""
    said = {field.name: getattr(view, field.name) for field in fields(view)}
    return said | {"root": addresses.root(view.page.url), "zone": view.page.zone}


def _source(name: str) -> str:
    """A file to stand inside a page, without its comments and indentation."""
    text = re.sub(r"/\*.*?\*/", "", (TEMPLATES / name).read_text(), flags=re.DOTALL)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _policy(style: str, script: str) -> str:
    return "; ".join(_rules(style, script))


def _rules(style: str, script: str) -> Iterator[str]:
    yield "default-src 'none'"
    yield f"style-src '{_hash(style)}'"
    yield f"script-src '{_hash(script)}'"
    yield "img-src data:"
    yield "connect-src 'self'"
    yield "base-uri 'none'"
    yield "form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _xml(text: str) -> Markup:
    """Text for XML, escaped no more than it must be: quotes stay, as Statuspage's feed has them."""
    return Markup(xml_escape(str(text)))  # noqa: S704


_TIME = Markup('<time datetime="{}">{}</time>')


@lru_cache(_MOST)
def _time(moment: datetime, zone: tzinfo, words: Callable[[datetime, tzinfo], str]) -> Markup:
    """An element that knows its day and offset, whatever it shows."""
    return _TIME.format(times.machine(moment, zone), words(moment, zone))


@pass_context
def _clock(context: Context, moment: datetime) -> Markup:
    """11:40 PST."""
    return _time(moment, context["zone"], times.clock)


@pass_context
def _full(context: Context, moment: datetime) -> Markup:
    """Friday, February 22, 2013, 11:40 PST."""
    return _time(moment, context["zone"], times.full)


@pass_context
def _local(context: Context, moment: datetime) -> datetime:
    """The moment in the page's zone, for what a template puts together itself."""
    return moment.astimezone(context["zone"])


def _day(day: date) -> Markup:
    """Friday, February 22, 2013."""
    return _TIME.format(day.isoformat(), times.day(day))


@pass_context
def _fragment(context: Context, macro: str, *values: Hashable) -> Markup:
    """What a macro of _parts.html makes of these values, made once for all documents."""
    return _made(macro, values, context["root"], context["zone"])


@lru_cache(_MOST)
def _made(macro: str, values: tuple[Hashable, ...], root: str, zone: tzinfo) -> Markup:
    parts = _parts(root, zone)
    return Markup(getattr(parts, macro)(*values))  # noqa: S704 -- a template made it


@lru_cache(2)
def _parts(root: str, zone: tzinfo) -> TemplateModule:
    return environment().get_template("_parts.html").make_module({"root": root, "zone": zone})
