"""What the publisher asks of a target. Failures are TargetError, a newer publisher is Outrun."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.publish.marker import Claim, Marker


@dataclass(frozen=True)
class File:
    """A document as bytes, ready to be put."""

    path: str
    body: bytes
    content_type: str
    cache: str  # a Cache-Control header, where the target can hold one
    revision: int
    etag: str | None = None  # what the target called what we last put there
    encoding: str | None = None  # of a compressed twin, as Content-Encoding names it


LARGEST = 8 * 1024 * 1024  # bytes of a file that is read back: ours are far smaller
TWIN_ENDINGS = (".gz", ".br")  # of files that a web server serves in place of their original


class Writer(Protocol):
    """One publication under way. What it has put is durable when the call returns."""

    def begin(self, intent: Marker) -> None:
        """Announce in the marker what is being written, so that nobody writes older."""

    def put(self, files: Sequence[File]) -> Sequence[str | None]:
        """Write files, each whole or not at all; their new ETags, where the target has such.

        Twins come behind their original. At no moment does one stand beside newer bytes: those
        that are there are taken away before the original changes, whoever made them.
        """

    def mark(self, marker: Marker) -> None:
        """Say what the target shows now."""

    def delete(self, paths: Iterable[str]) -> None:
        """Remove files; one that is gone already is no failure."""


class Target(Protocol):
    """A place that holds files under paths."""

    url: str
    twins: bool  # whether readers can be served compressed twins from it

    def marker(self) -> Marker | None:
        """What it shows; None where nothing was ever published."""

    def check(self) -> str:
        """Try to write, without changing what readers see; what there is to say of it."""

    def read(self, path: str) -> bytes | None:
        """A file as it stands there, of at most LARGEST bytes; None where there is none."""

    def list(self, prefix: str) -> Iterable[str]:
        """The paths of all files whose path begins so, in any order; twins among them."""

    def writing(
        self, base: Marker | None, intent: Marker, *, take_over: bool = False
    ) -> AbstractContextManager[Writer]:
        """Begin to publish what `intent` will say, upon what `base` said the target shows.

        Raises Outrun when it shows, or is about to show, something newer, or no longer what it
        did; `take_over` asks for no such thing.
        """


def has_moved_on(base: Marker | None, current: Marker | None, intent: Marker) -> bool:
    """True when a target no longer shows what we build upon, or is past what we would write.

    An older revision than ours is no reason to go on: it may be of another copy of the ledger, and
    then what it tells has to be taken back first.
    """
    if base is None or current is None:
        return base is not current
    went_back = current.revision < base.revision
    seen = {*base.claims, Claim(intent.revision, intent.change_id)}
    is_news = not seen.issuperset(current.claims)
    return current.page != base.page or went_back or current.fence > intent.revision or is_news
