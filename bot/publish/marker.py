"""The marker on a target, `/.duckrow/revision.json`: what it shows, and what is on its way."""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.core.page import Page

PATH = ".duckrow/revision.json"


@dataclass(frozen=True)
class Claim:
    """A revision, and the change that made it; its id is empty where nobody said it."""

    revision: int
    change_id: str


@dataclass(frozen=True)
class Marker:
    """What a target shows. It is written last, so everything it speaks of is there."""

    page: str  # the page's id; empty where the marker cannot be read
    revision: int  # 0 while a first publication is under way
    change_id: str
    fingerprint: str  # of the program and the templates that rendered it
    time: datetime  # of that revision's change
    checked_at: datetime  # when a publisher last found all of it in order
    next: int | None = None  # the revision being written, until this marker says so
    next_change_id: str = ""  # of the change that made that one
    over: Claim | None = None  # what was taken over, by a copy of the ledger that lacks it

    @property
    def fence(self) -> int:
        """Nobody may write an older revision than this."""
        return max(self.revision, self.next or 0)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What it says it shows, and is about to show, as far as it says so."""
        told = (Claim(self.revision, self.change_id), Claim(self.next or 0, self.next_change_id))
        return tuple(claim for claim in told if claim.revision)

    def blank(self) -> "Marker":
        """What stands there before anything of this page was published whole."""
        return replace(self, revision=0, change_id="", fingerprint="", next=None, next_change_id="")

    def announcing(self, intent: "Marker") -> "Marker":
        """The same, with what is being written: whoever is cut off leaves word of it."""
        return replace(self, next=intent.revision, next_change_id=intent.change_id)

    def to_bytes(self) -> bytes:
        said = {
            "page": self.page,
            "revision": self.revision,
            "change_id": self.change_id,
            "fingerprint": self.fingerprint,
            "time": _stamp(self.time),
            "checked_at": _stamp(self.checked_at),
        }
        coming = {"next": self.next, "next_change_id": self.next_change_id} if self.next else {}
        over = self.over
        past = {"over": over.revision, "over_change_id": over.change_id} if over else {}
        return json.dumps(said | coming | past).encode() + b"\n"


def marker_of(page: Page, program: str, now: datetime, over: Claim | None = None) -> Marker:
    """What a target says once it shows the page as it is in the ledger."""
    return Marker(
        page=page.id,
        revision=page.revision,
        change_id=page.change_id,
        fingerprint=program,
        time=page.as_of or now,
        checked_at=now,
        over=over,
    )


_ID = re.compile(r"[ -~]{0,100}")  # what any database can be asked for
_NEVER = datetime.min.replace(tzinfo=UTC)
UNREADABLE = Marker("", 0, "", "", time=_NEVER, checked_at=_NEVER)


def parse(body: bytes) -> Marker:
    """The marker; UNREADABLE, which is nobody's, when it is damaged or not ours."""
    try:
        said = json.loads(body)
        return Marker(
            page=str(said["page"]),
            revision=_revision(said["revision"]),
            change_id=_change_id(said["change_id"]),
            fingerprint=str(said["fingerprint"]),
            time=_moment(said["time"]),
            checked_at=_moment(said["checked_at"]),
            next=_revision(said["next"]) if said.get("next") else None,
            next_change_id=_change_id(said.get("next_change_id", "")),
            over=_over(said),
        )
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return UNREADABLE


def _over(said: Any) -> Claim | None:
    if not said.get("over"):
        return None
    return Claim(_revision(said["over"]), _change_id(said.get("over_change_id", "")))


def _revision(said: Any) -> int:
    if type(said) is not int or said < 0:
        raise ValueError("no revision")
    return said


def _change_id(said: Any) -> str:
    if not _ID.fullmatch(said):
        raise ValueError("no change's id")
    return str(said)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(UTC)
