"""Templates, compiled once; each is given one frozen view, and people's texts as data only."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    select_autoescape,
)

from bot.core.page import LANGUAGES
from bot.publish import addresses
from bot.publish.filters import filters
from bot.publish.inline import inline
from bot.words import SOURCE, catalogue, direction, po_file

TEMPLATES = Path(__file__).parents[2] / "templates" / "site"
KINDS = frozenset({".html", ".css", ".js", ".txt", ".svg", ".xml", ".atom", ".rss"})
OURS = "duckrow"  # a theme says duckrow/home.html for ours

# What neither HTML nor XML can hold.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Renderer:
    """Our templates, or a theme's where that has one of the same name."""

    def __init__(self, theme: Path | None = None) -> None:
        self.theme = theme
        self._environments: dict[str, Environment] = {}

    def render(self, template: str, view: Any) -> str:
        """The template with the fields of a view as its variables.

        Pages are in the page's language; what programs read is English always.
        """
        language = view.page.language if template.endswith(".html") else SOURCE
        environment = self.environment(language)
        said = environment.get_template(template).render(_variables(view, environment))
        return _UNFIT.sub("\ufffd", said)

    def environment(self, language: str = SOURCE) -> Environment:
        """The templates and the words they may use, in one language."""
        if language not in self._environments:
            self._environments[language] = _environment(self._loader(), language)
        return self._environments[language]

    @cached_property
    def fingerprint(self) -> str:
        """A name for this program and all it renders with: another one writes everything again."""
        digest = hashlib.sha256(version("duckrow").encode())
        for name, path in self._files():
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:16]

    def themed(self) -> list[str]:
        """The names of the theme's templates; hidden files and those of other kinds are none."""
        if self.theme is None:
            return []
        files = (path.relative_to(self.theme) for path in self.theme.rglob("*") if path.is_file())
        return sorted(
            path.as_posix()
            for path in files
            if path.suffix in KINDS and not any(part.startswith(".") for part in path.parts)
        )

    def _loader(self) -> BaseLoader:
        ours = FileSystemLoader(TEMPLATES)
        over = [FileSystemLoader(self.theme)] if self.theme else []
        return ChoiceLoader([PrefixLoader({OURS: ours}), *over, ours])

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Each file that has a say in what pages look like."""
        yield from ((path.name, path) for path in sorted(TEMPLATES.iterdir()))
        yield from ((each, po_file(each)) for each in LANGUAGES if each != SOURCE)
        if self.theme:
            yield from ((f"theme/{name}", self.theme / name) for name in self.themed())


@cache
def built_in() -> Renderer:
    """Without a theme."""
    return Renderer()


def _environment(loader: BaseLoader, language: str) -> Environment:
    made = Environment(
        loader=loader,
        autoescape=select_autoescape(("html", "xml", "atom", "rss", "svg")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters |= filters(language)
    made.globals |= {"language": language, "dir": direction(language)}
    return made


def _variables(view: Any, environment: Environment) -> dict[str, Any]:
    """The view's fields, and of its page what every template needs."""
    said = {field.name: getattr(view, field.name) for field in fields(view)}
    page, inside = view.page, inline(environment, view.page.accent)
    return said | {
        "root": addresses.root(page.url),
        "zone": page.zone,
        "style": inside.style,
        "script": inside.script,
        "csp": inside.csp,
    }
