"""Components that only the page knows: it tells their names, but what people type is elsewhere."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.core.grammar import RESERVED
from bot.core.page import Component, Situation
from bot.publish.recovery.reading import on_badge
from bot.publish.recovery.shapes import Malformed

_LONGEST = 40
_OTHER = re.compile(r"[^a-z0-9]+")


def with_slugs(
    ours: Sequence[Component], new: Sequence[Component], slugs: Mapping[str, str]
) -> tuple[Component, ...]:
    """The new ones with short names: those that the badges' addresses tell, or made of the name."""
    return tuple(_with_slugs(ours, new, slugs))


def _with_slugs(
    ours: Sequence[Component], new: Sequence[Component], slugs: Mapping[str, str]
) -> Iterator[Component]:
    situation = Situation((*ours, *new), (), ())
    groups = {one.id for one in situation.groups}
    taken = {one.slug for one in ours}
    for one in new:
        if one.group_id and one.group_id not in groups:
            raise Malformed(f"component {one.id} is in a group that nothing tells of")
        wanted = slugs.get(on_badge(situation.public_name(one)), "")
        slug = f"group:{one.id}" if one.is_group else _free(wanted or _made_of(one.name), taken)
        taken.add(slug)
        yield replace(one, slug=slug)


def _made_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-")[:_LONGEST].strip("-")


def _free(slug: str, taken: set[str]) -> str:
    """The name itself, or the first of name-2, name-3 … that nobody has."""
    base = slug if slug and slug not in RESERVED else "component"
    found, at = base, 1
    while found in taken:
        at += 1
        found = f"{base[: _LONGEST - 4]}-{at}"
    return found
