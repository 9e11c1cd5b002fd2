"""How a target stands to the ledger: what it shows, against what there is to show. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.core.page import Page
from bot.publish.marker import Claim, Marker
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


Knows = Callable[[int, str], bool]


def standing(page: Page, believed: Believed, knows: Knows) -> Standing:
    """Compare; `knows` asks the ledger whether it has a revision that a change made."""
    marker = believed.marker
    if page.revision == 0 and not (marker and marker.page == page.id and marker.revision):
        return Standing.UNTOLD
    if marker is None:
        return Standing.BLANK
    if marker.page != page.id:
        return Standing.FOREIGN
    if unknown(marker, page.revision, knows):
        return Standing.AHEAD
    if not believed.base or marker.fingerprint != believed.program:
        return Standing.BLANK
    is_current = believed.agree and marker.revision == page.revision
    return Standing.CURRENT if is_current else Standing.BEHIND


def unknown(marker: Marker, revision: int, knows: Knows) -> Claim | None:
    """What the marker speaks of and the ledger, which is at that revision, does not have."""
    return next((claim for claim in marker.claims if is_unknown(claim, revision, knows)), None)


def left_behind(
    marker: Marker | None, page: Page, knows: Knows, *, take_over: bool = False
) -> Claim | None:
    """What the page's next marker has to say was taken over: the ledger that knows it may return.

    It is said until somebody publishes who knows it.
    """
    if marker is None or marker.page != page.id:
        return None
    if take_over and (claim := unknown(marker, page.revision, knows)):
        return claim
    over = marker.over
    return over if over and is_unknown(over, page.revision, knows) else None


def is_unknown(claim: Claim, revision: int, knows: Knows) -> bool:
    """True of a change that the ledger, which is at that revision, does not have."""
    if claim.revision > revision:
        return True
    return bool(claim.change_id) and not knows(claim.revision, claim.change_id)


def trouble(found: Standing, marker: Marker | None) -> tuple[str, str]:
    """What is wrong, and what a person can do about it."""
    shown = marker.fence if marker else 0
    if found is Standing.AHEAD:
        return _STALE_LEDGER.format(shown), _TAKE_BACK
    return _FOREIGN, _REPLACE


def strange(name: str, url: str) -> tuple[str, str]:
    """The same of a target whose page is known by name, or by none."""
    return (_ANOTHER.format(name, url) if name else _FOREIGN), _REPLACE


def unrecovered(reason: str) -> tuple[str, str]:
    """The same where what the ledger lacks could not be taken back from the page."""
    return _UNRECOVERED.format(reason), _BY_HAND


# Each says whether it goes on by itself, or who has to do what.
_UNRECOVERED = "what this ledger lacks cannot be taken back from the page: {}."
_STALE_LEDGER = (
    "it shows revision {}, which this ledger does not have: the ledger is an older copy of the "
    "one that the page was published from."
)
_TAKE_BACK = "What it lacks is being taken back from the page itself; nobody has to do anything."
_BY_HAND = (
    "This waits for a person. Bring the newer ledger back; or mend what is named here, and it goes "
    "on by itself; or, to publish what this ledger has and say less than the page did: duckrow "
    "publish --take-over"
)
_FOREIGN = "another page is published there, or something that is no page of ours."
_ANOTHER = 'the page of another ledger is published there: "{}", {}'
_REPLACE = (
    "If the ledger was lost and this is a new one, put its backup back, or an export; without any, "
    "a new one can be made of the page: duckrow recover. If not, name another target; to replace "
    "all that is published there: duckrow publish --take-over"
)
