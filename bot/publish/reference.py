"""`docs/templates.md`, written from the views: what each template is given."""

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from inspect import getdoc
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.publish.templates import SHARED, VIEWS

_INTRODUCTION = """\
<!-- Written by `make docs` from bot/publish/templates.py and the views it names. -->

# What templates are given

How to use it: [theming.md](theming.md). A moment is a point in time, for the filters `clock` and
`full`; a day is one of the page's days, for `day`; a span is a length of time, for `span`.
"""
_NAMES = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    datetime: "moment",
    date: "day",
    timedelta: "span",
    types.NoneType: "nothing",
}


def templates_page() -> str:
    """The whole page, in Markdown."""
    found: dict[str, type] = {}
    for view in VIEWS.values():
        _collect(view, found)
    kinds = [_KINDS[is_dataclass(each)](each) for each in found.values()]
    shared = _table((name, "", said) for name, said in SHARED.items())
    by_template = "\n".join(f"| `{name}` | {_link(view)} |" for name, view in VIEWS.items())
    return (
        f"{_INTRODUCTION}\n## Templates\n\n| template | its values |\n|---|---|\n{by_template}\n\n"
        f"Every template has these beside them:\n\n{shared}\n## Values\n\n" + "\n".join(kinds)
    )


def _collect(kind: Any, found: dict[str, type]) -> None:
    """The values and enumerations that can be reached from a view, each once."""
    for inner in get_args(kind):
        _collect(inner, found)
    if isinstance(kind, type) and kind.__name__ not in found and _is_ours(kind):
        found[kind.__name__] = kind
        for _, hint, _ in _rows(kind) if is_dataclass(kind) else ():
            _collect(hint, found)


def _is_ours(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, Enum)


def _rows(view: type) -> Iterator[tuple[str, Any, str]]:
    """Name, type and meaning of what a template can ask a value for."""
    hints = get_type_hints(view)
    for each in fields(view):
        yield each.name, hints[each.name], each.metadata.get("help", "")
    for name, told in _properties(view):
        yield name, get_type_hints(told.fget)["return"], getdoc(told) or ""


def _properties(kind: type) -> list[tuple[str, property]]:
    return [
        (name, each)
        for base in reversed(kind.__mro__)
        for name, each in vars(base).items()
        if isinstance(each, property) and base.__module__.startswith("bot.")
    ]


def _value(view: type) -> str:
    rows = [(name, _type(hint), said) for name, hint, said in _rows(view)]
    return f"### {view.__name__}\n\n{getdoc(view)}\n\n{_table(rows)}"


def _enumeration(kind: type) -> str:
    values = ", ".join(f"`{each.value}`" for each in kind)  # type: ignore[attr-defined]
    asked = ["value", *(name for name, _ in _properties(kind))]
    return (
        f"### {kind.__name__}\n\n{getdoc(kind)}\n\nIts values are {values}; it can be asked for "
        f"{', '.join(f'`{name}`' for name in asked)}.\n"
    )


_KINDS = {True: _value, False: _enumeration}


def _table(rows: Any) -> str:
    lines = [f"| `{name}` | {kind} | {said.replace('<', '&lt;')} |" for name, kind, said in rows]
    return "\n".join(["| | | |", "|---|---|---|", *lines, ""])


def _type(hint: Any) -> str:
    """In words a designer knows."""
    if get_origin(hint) in {Union, types.UnionType}:
        return " or ".join(_type(each) for each in get_args(hint))
    if get_origin(hint) is tuple:
        inner = [_type(each) for each in get_args(hint) if each is not Ellipsis]
        return f"list of {inner[0]}" if Ellipsis in get_args(hint) else " and ".join(inner)
    return _NAMES.get(hint) or _link(hint)


def _link(kind: type) -> str:
    return f"[{kind.__name__}](#{kind.__name__.lower()})"
