"""A theme is tried before anybody sees it: each of its templates is read, each page made once."""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError

from bot.core.errors import Refusal
from bot.core.page import Page
from bot.publish.renderer import KINDS, OURS, TEMPLATES, Renderer
from bot.publish.specimens import MOMENT, Specimens
from bot.publish.templates import VIEWS
from bot.publish.words import POISON

_WRONG = (TemplateError, *POISON)


@dataclass(frozen=True)
class _Fault:
    """Where a template is wrong, and how."""

    place: str  # file and line
    said: str


def check(renderer: Renderer, page: Page) -> None:
    """Raise Refusal with every fault of the theme, each with its file and line."""
    names = renderer.themed()
    faults = [*_unknown(names), *_unreadable(renderer, names)]
    faults = faults or [*_unmakeable(renderer, replace(page, revision=1, as_of=MOMENT))]
    if faults:
        lines = [f"  {fault.place}: {fault.said}" for fault in dict.fromkeys(faults)]
        raise Refusal(
            f"The theme in {renderer.theme} cannot be used:\n" + "\n".join(lines),
            "Mend it, or leave PAGE_THEME out; docs/theming.md tells what templates are given.",
        )


def _unknown(names: list[str]) -> Iterator[_Fault]:
    """A page's name with a letter wrong would change nothing, silently."""
    for name in names:
        if name.endswith(".html") and not name.startswith("_") and name not in VIEWS:
            yield _Fault(name, "no page has a template of this name; a part's begins with _")


def _unreadable(renderer: Renderer, names: list[str]) -> Iterator[_Fault]:
    for name in names:
        yield from _fault(name, partial(renderer.environment().get_template, name))


def _unmakeable(renderer: Renderer, page: Page) -> Iterator[_Fault]:
    for some in (Specimens(page), Specimens(page, other=True)):
        for template, view in VIEWS.items():
            yield from _fault(template, partial(renderer.render, template, some.of(view)))


def _fault(name: str, make: Callable[[], object]) -> Iterator[_Fault]:
    try:
        make()
    except TemplateSyntaxError as error:
        yield _Fault(f"{error.name or name}, line {error.lineno}", error.message or "")
    except _WRONG as error:
        yield _Fault(_place(error, name), f"{error}")


def _place(error: BaseException, name: str) -> str:
    """The template's line that was being filled in."""
    frames = traceback.extract_tb(error.__traceback__)
    filled_in = [each for each in frames if Path(each.filename).suffix in KINDS]
    if not filled_in:
        return name
    file = Path(filled_in[-1].filename)
    is_ours = file.is_relative_to(TEMPLATES)
    return f"{f'{OURS}/' if is_ours else ''}{file.name}, line {filled_in[-1].lineno}"
