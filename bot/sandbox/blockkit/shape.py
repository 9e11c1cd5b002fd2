"""Shapes: what a piece of Block Kit may look like, as a table of its keys.

A check takes a value and its JSON pointer and raises Wrong. Checks are built from smaller ones, so
that every block and element is one entry that reads like Slack's own reference.
"""

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any, str], None]


class Wrong(Exception):  # noqa: N818 -- it says what is wrong
    """What is wrong, and where; worded as Slack words it."""

    def __init__(self, problem: str, pointer: str) -> None:
        super().__init__(f"{problem} [json-pointer:{pointer or '/'}]")


def shape(needed: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys and no others."""
    allowed = {**needed, **(optional or {})}

    def check(value: Any, at: str) -> None:
        if not isinstance(value, dict):
            raise Wrong("must be an object", at)
        for key in needed:
            if value.get(key) is None:
                raise Wrong(f"missing required field: {key}", at)
        for key, inner in value.items():
            if key not in allowed:
                raise Wrong(f"no more than {len(allowed)} items allowed: unknown key {key}", at)
            allowed[key](inner, f"{at}/{key}")

    return check


def string(longest: int, shortest: int = 1) -> Check:
    """Text, counted in characters."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, str):
            raise Wrong("must be a string", at)
        if len(value) > longest:
            raise Wrong(f"must be less than {longest + 1} characters", at)
        if len(value) < shortest:
            raise Wrong(f"must be more than {shortest - 1} characters", at)

    return check


def number(smallest: int, largest: int) -> Check:
    """A whole number in a range."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong("must be an integer", at)
        if not smallest <= value <= largest:
            raise Wrong(f"must be between {smallest} and {largest}", at)

    return check


def boolean(value: Any, at: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise Wrong("must be a boolean", at)


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, at: str) -> None:
        if value not in allowed:
            raise Wrong(f"must be one of: {', '.join(allowed)}", at)

    return check


def array(inner: Check, most: int, least: int = 1) -> Check:
    """A list of such things."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, list):
            raise Wrong("must be an array", at)
        if len(value) > most:
            raise Wrong(f"no more than {most} items allowed", at)
        if len(value) < least:
            raise Wrong(f"must have at least {least} items", at)
        for index, each in enumerate(value):
            inner(each, f"{at}/{index}")

    return check


def matching(pattern: Any, problem: str) -> Check:
    """Text that a compiled pattern matches whole."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Wrong(problem, at)

    return check


def typed(kinds: Mapping[str, Check], what: str) -> Check:
    """An object whose `type` says which of the shapes it has."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, dict):
            raise Wrong("must be an object", at)
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            raise Wrong(f"unsupported {what} type: {kind}", f"{at}/type")
        kinds[kind]({key: inner for key, inner in value.items() if key != "type"}, at)

    return check


def some_of(kinds: Mapping[str, Check], *names: str) -> dict[str, Check]:
    """A part of a table."""
    return {name: kinds[name] for name in names}


def also(first: Check, *more: Callable[[Any], str | None]) -> Check:
    """First the shape, then what its keys must be to each other; each says the problem or None."""

    def check(value: Any, at: str) -> None:
        first(value, at)
        for rule in more:
            if problem := rule(value):
                raise Wrong(problem, at)

    return check


def exactly_one(*keys: str) -> Callable[[Any], str | None]:
    """One of the keys, not two, not none."""
    problem = f"exactly one of {', '.join(keys)} must be given"
    return lambda value: None if sum(key in value for key in keys) == 1 else problem


def at_least_one(*keys: str) -> Callable[[Any], str | None]:
    """One of the keys, or more."""
    problem = f"one of {', '.join(keys)} must be given"
    return lambda value: None if any(key in value for key in keys) else problem


def unique(key: str) -> Callable[[Any], str | None]:
    """For lists of objects: no two have the same value there."""

    def rule(value: Any) -> str | None:
        given = [each[key] for each in value if isinstance(each, dict) and key in each]
        twice = next((each for each in given if given.count(each) > 1), None)
        return None if twice is None else f"`{key}` {twice} already exists"

    return rule
