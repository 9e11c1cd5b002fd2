"""How a target stands to the ledger: what it shows, against what there is to show. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.core.page import Page
from bot.publish.marker import Marker
from storage.publications import Publication


class Standing(Enum):
    """What a publisher has to do."""

    UNTOLD = auto()  # nothing was ever told: there is nothing to show
    FOREIGN = auto()  # another page is there, or what nobody can read
    AHEAD = auto()  # it shows a change that this ledger lacks
    BLANK = auto()  # every document is due
    BEHIND = auto()  # what changed is due
    CURRENT = auto()


@dataclass(frozen=True)
class Believed:
    """What there is to go by: the target's marker, our bookkeeping, and who asks."""

    marker: Marker | None
    publication: Publication
    program: str  # the fingerprint of who would render

    @property
    def agree(self) -> bool:
        """True when what we remember of the target is what it says, and nothing was cut off."""
        marker, ours = self.marker, self.publication
        return (
            marker is not None
            and marker.next is None
            and (marker.revision, marker.change_id) == (ours.revision, ours.change_id)
        )

    @property
    def base(self) -> int:
        """Every change up to this revision is shown, and we remember putting it there."""
        shown = self.marker.revision if self.marker else 0
        return min(shown, self.publication.revision)


def standing(page: Page, believed: Believed, change_id: Callable[[int], str | None]) -> Standing:
    """Compare; `change_id` asks the ledger for the change that made a revision."""
    marker = believed.marker
    if page.revision == 0:
        return Standing.UNTOLD
    if marker is None:
        return Standing.BLANK
    if marker.page != page.id:
        return Standing.FOREIGN
    if marker.fence > page.revision or _is_unknown(marker, change_id):
        return Standing.AHEAD
    if not believed.base or marker.fingerprint != believed.program:
        return Standing.BLANK
    is_current = believed.agree and marker.revision == page.revision
    return Standing.CURRENT if is_current else Standing.BEHIND


def _is_unknown(marker: Marker, change_id: Callable[[int], str | None]) -> bool:
    """True when another ledger made the revision that is shown."""
    return marker.revision > 0 and change_id(marker.revision) != marker.change_id


def trouble(found: Standing, marker: Marker | None) -> tuple[str, str]:
    """What is wrong, and what a person can do about it."""
    shown = marker.fence if marker else 0
    if found is Standing.AHEAD:
        return _STALE_LEDGER.format(shown), _TAKE_BACK
    return _FOREIGN, _REPLACE


_STALE_LEDGER = (
    "it shows revision {}, which this ledger does not have: the ledger is an older copy of the "
    "one that the page was published from."
)
_TAKE_BACK = (
    "Bring the newer ledger back; if this one is right after all: duckrow publish --take-over"
)
_FOREIGN = "another page is published there, or something that is no page of ours."
_REPLACE = "Name another target; if it is meant to be replaced: duckrow publish --take-over"
