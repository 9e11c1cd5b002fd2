"""Made-up values of every view, by their types: to try templates before anything is told."""

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.core.page import Page

MOMENT = datetime(2013, 2, 22, 19, 40, tzinfo=UTC)

_NONE = "no specimen of {}"
_PLAIN: dict[Any, Any] = {
    str: "specimen",
    int: 1,
    float: 1.0,
    datetime: MOMENT,
    date: MOMENT.date(),
    timedelta: timedelta(hours=3, minutes=30),
}


class Specimens:
    """Values with everything in them that they may have; `other` ones differ all they can."""

    def __init__(self, page: Page, *, other: bool = False) -> None:
        self._page = page
        self._other = other

    def of(self, kind: Any, within: tuple[type, ...] = ()) -> Any:
        """A value of this type; `within` are the values it stands in. Raises TypeError."""
        plain = _PLAIN | {Page: self._page, bool: self._other}
        if kind in plain:
            return plain[kind]
        if isinstance(kind, type):
            return self._ours(kind, (*within, kind))
        if get_origin(kind) is tuple:
            return self._tuple(kind, within)
        return self.of(_only(kind), within)

    def _ours(self, kind: type, within: tuple[type, ...]) -> Any:
        if issubclass(kind, Enum):
            return list(kind)[-1 if self._other else 0]
        if not is_dataclass(kind):
            raise TypeError(_NONE.format(kind))
        hints = get_type_hints(kind)
        return kind(**{each.name: self.of(hints[each.name], within) for each in fields(kind)})

    def _tuple(self, kind: Any, within: tuple[type, ...]) -> tuple[Any, ...]:
        """One of each that it may hold, but for what it stands in itself."""
        inner = [each for each in get_args(kind) if each is not Ellipsis]
        every = [each for some in inner for each in _alternatives(some)]
        return tuple(self.of(each, within) for each in every if each not in within)


def _only(kind: Any) -> Any:
    """What a value is where it is not left out."""
    found = _alternatives(kind)
    if found == [kind]:
        raise TypeError(_NONE.format(kind))
    return found[0]


def _alternatives(kind: Any) -> list[Any]:
    if get_origin(kind) not in {Union, types.UnionType}:
        return [kind]
    return [each for each in get_args(kind) if each is not types.NoneType]
