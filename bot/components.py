"""Adding components: the parts of the service that readers know by name."""

import re
import unicodedata

from bot.core.errors import Refusal
from bot.core.grammar import RESERVED
from bot.core.ids import new_id
from bot.core.page import Component
from bot.core.text import clean_name, skeleton
from storage.ledger import Telling

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG, _LONGEST_NAME, _LONGEST_DESCRIPTION = 40, 100, 200


def add(ledger: Telling, slug: str, name: str, *, group: str = "", description: str = "") -> None:
    """Add a component; its group is made where no group has that name. Raises Refusal."""
    _check_slug(ledger, slug)
    parent = _group(ledger, group) if group else None
    ledger.add_component(
        Component(
            id=new_id(),
            slug=slug,
            name=_fresh_name(ledger, name, parent),
            description=_description(description),
            position=_next_position(ledger, parent),
            created_at=ledger.at,
            updated_at=ledger.at,
            group_id=parent.id if parent else None,
        )
    )


def _check_slug(ledger: Telling, slug: str) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG or slug in RESERVED:
        raise Refusal(
            f'"{slug}" is no short name for a component.',
            f"Use at most {_LONGEST_SLUG} of a-z, 0-9 and single hyphens; not "
            f"{', '.join(sorted(RESERVED))}.",
        )
    if any(known.slug == slug for known in ledger.components):
        raise Refusal(f'there is a component "{slug}" already.', "Choose another short name.")


def _group(ledger: Telling, name: str) -> Component:
    for known in ledger.components:
        if known.is_group and _folded(known.name) == _folded(name):
            return known
    group = Component(
        id=new_id(),
        slug=f"group:{new_id()}",  # nobody types it
        name=_fresh_name(ledger, name, None),
        description="",
        position=_next_position(ledger, None),
        created_at=ledger.at,
        updated_at=ledger.at,
        is_group=True,
    )
    ledger.add_component(group)
    return group


def _fresh_name(ledger: Telling, name: str, parent: Component | None) -> str:
    cleaned = clean_name(name, limit=_LONGEST_NAME, what="name")
    for known in _siblings(ledger, parent):
        if _folded(known.name) == _folded(cleaned):
            raise Refusal(f'there is a "{known.name}" already.', "Choose another name.")
    _refuse_lookalikes(ledger, cleaned)
    return cleaned


def _refuse_lookalikes(ledger: Telling, name: str) -> None:
    """The same name may stand in two groups; one that only looks the same may stand nowhere."""
    for known in ledger.components:
        same = known.name.casefold() == name.casefold()
        if not same and skeleton(known.name) == skeleton(name):
            raise Refusal(
                f'to readers "{name}" looks like "{known.name}", which there is already.',
                "Choose a name that nobody takes for it.",
            )


def _description(description: str) -> str:
    if not description.strip():
        return ""
    return clean_name(description, limit=_LONGEST_DESCRIPTION, what="description")


def _next_position(ledger: Telling, parent: Component | None) -> int:
    return max((known.position for known in _siblings(ledger, parent)), default=0) + 1


def _siblings(ledger: Telling, parent: Component | None) -> list[Component]:
    group = parent.id if parent else None
    return [known for known in ledger.components if known.group_id == group]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
