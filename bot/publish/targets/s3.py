"""An object store: `s3://bucket/prefix`. The fence stands in each object; see fence.py.

Nothing is announced before it is written: a publisher that comes across something newer says so in
the marker, and leaves. docs/decisions/0011-object-stores.md has the reasons.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.publish import marker as markers
from bot.publish.errors import Outrun, TargetError
from bot.publish.marker import Marker
from bot.publish.targets import fence
from bot.publish.targets.access import Access
from bot.publish.targets.base import File, has_moved_on
from bot.publish.targets.bucket import Bucket, Found, Refused, Thing, Unsure

_Each = TypeVar("_Each")
_Made = TypeVar("_Made")

log = logging.getLogger(__name__)

TRUSTED = 10.0  # seconds for which a marker is remembered: a look costs a request, and time
_AT_ONCE = 32  # puts that are under way together
_ATTEMPTS = 5
_UNFENCED = "it ignores conditions (If-Match), so that an older page could replace a newer one"


@dataclass(frozen=True)
class _Shown:
    """The marker as it was last seen, or written."""

    marker: Marker | None
    etag: str | None
    at: float


class S3Target:
    """Objects below a prefix. One thread at a time may use it."""

    twins = False

    def __init__(self, url: str, access: Access, *, several: bool = False) -> None:
        """`several`: other machines may publish too, so the store has to keep them in order."""
        name, _, prefix = url.removeprefix("s3://").partition("/")
        self.url = url
        self._bucket = Bucket(name, prefix, access)
        self._several = several
        self._shown: _Shown | None = None
        self._was_probed = False

    def marker(self) -> Marker | None:
        """What it shows; None where nothing was ever published."""
        return self._look().marker

    def check(self) -> str:
        """See whether it can be written, and honours conditions; see Target."""
        return "can be written" if self._is_fenced() else f"can be written, but {_UNFENCED}"

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None where there is none."""
        found = self._bucket.read(path)
        return found[0] if found else None

    def list(self, prefix: str) -> Sequence[str]:
        """The paths that begin so."""
        return self._bucket.list(prefix)

    @contextmanager
    def writing(
        self, base: Marker | None, intent: Marker, *, take_over: bool = False
    ) -> Iterator["S3Writer"]:
        """Begin to publish; see Target."""
        self._probe()
        shown = self._look()
        if not take_over and has_moved_on(base, shown.marker, intent):
            self._shown = None
            raise Outrun
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            writer = S3Writer(self._bucket, pool, shown, intent, take_over=take_over)
            self._shown = None  # until all has gone well
            yield writer
        self._shown = writer.shown

    def _look(self) -> _Shown:
        if self._shown is None or time.monotonic() - self._shown.at > TRUSTED:
            self._shown = _look(self._bucket)
        return self._shown

    def _probe(self) -> None:
        """Once: a store without conditions keeps nobody in order but a publisher that is alone."""
        if self._was_probed:
            return
        if not self._is_fenced():
            log.warning("one publisher at a time, please: %s", _UNFENCED)
        self._was_probed = True

    def _is_fenced(self) -> bool:
        fenced = _honours_conditions(self._bucket)
        if self._several and not fenced:
            raise TargetError(f"{_UNFENCED}: use another store, or SQLite and one machine")
        return fenced


class S3Writer:
    """One publication under way."""

    def __init__(
        self,
        bucket: Bucket,
        pool: ThreadPoolExecutor,
        shown: _Shown,
        intent: Marker,
        *,
        take_over: bool,
    ) -> None:
        self.shown = shown
        self._bucket = bucket
        self._pool = pool
        self._base = shown.marker
        self._intent = intent
        self._take_over = take_over

    def begin(self, intent: Marker) -> None:
        """What follows is of this revision."""
        self._intent = intent

    def put(self, files: Sequence[File]) -> Sequence[str | None]:
        """Put files, together; see Writer."""
        try:
            return self._together(self._put, files)
        except fence.Newer as newer:
            self._leave_word(newer.there)
            raise Outrun from newer

    def mark(self, marker: Marker) -> None:
        """Say what the target shows now."""
        shown = self.shown
        trouble: TargetError | None = None
        for _ in range(_ATTEMPTS):
            try:
                etag = self._bucket.put(_thing(marker), shown.etag)
            except Refused:
                pass
            except Unsure as unsure:
                trouble = unsure
            else:
                self.shown = _Shown(marker, etag, time.monotonic())
                return
            shown = _look(self._bucket)
            if shown.marker == markers.parse(marker.to_bytes()):
                self.shown = shown
                return
            if not self._take_over and has_moved_on(self._base, shown.marker, marker):
                raise Outrun
        raise trouble or TargetError("others keep writing its marker")

    def delete(self, paths: Iterable[str]) -> None:
        """Remove files, but for what somebody newer has put there who is not taken over."""
        self._together(self._delete, list(paths))

    def _put(self, file: File) -> str | None:
        thing = Thing(
            file.path, file.body, file.content_type, file.cache, file.revision, self._change
        )
        return fence.put(self._bucket, thing, file.etag, take_over=self._take_over)

    @property
    def _change(self) -> str:
        return self._intent.change_id

    def _delete(self, path: str) -> None:
        there = self._bucket.look(path)
        if there and (self._take_over or there.revision <= self._intent.revision):
            self._bucket.delete(path)

    def _together(self, do: Callable[[_Each], _Made], every: Sequence[_Each]) -> list[_Made]:
        """Do it to each at once; after a first failure no more are begun."""
        futures: list[Future[_Made]] = [self._pool.submit(do, one) for one in every]
        _, waiting = wait(futures, return_when=FIRST_EXCEPTION)
        for future in waiting:
            future.cancel()
        wait(futures)
        failed = (one.exception() for one in futures if not one.cancelled())
        for error in filter(None, failed):
            raise error
        return [one.result() for one in futures]

    def _leave_word(self, there: Found) -> None:
        """Something this new is here: whoever reads the marker has to know, and be as new."""
        shown = _look(self._bucket)
        told = shown.marker or self._intent.blank()
        if told.page != self._intent.page or told.fence >= there.revision:
            return
        word = replace(told, next=there.revision, next_change_id=there.change)
        try:
            self._bucket.put(_thing(word), shown.etag)
        except Refused:
            log.info("the marker has changed meanwhile")


def _look(bucket: Bucket) -> _Shown:
    found = bucket.read(markers.PATH)
    if found is None:
        return _Shown(None, None, time.monotonic())
    return _Shown(markers.parse(found[0]), found[1], time.monotonic())


def _thing(marker: Marker) -> Thing:
    return Thing(
        markers.PATH,
        marker.to_bytes(),
        "application/json; charset=utf-8",
        "no-cache",
        marker.fence,
        marker.change_id,
    )


def _honours_conditions(bucket: Bucket) -> bool:
    """Whether the store refuses what it should, tried on an object of no meaning."""
    path = f".duckrow/probe-{secrets.token_hex(8)}"
    probe = Thing(path, b"may this be written?\n", "text/plain", "no-store", 0, "")
    try:
        if _refuses(bucket, probe, None):
            raise TargetError("it refuses to put what nothing stands in the way of")
        return all(_refuses(bucket, probe, etag) for etag in (None, '"0123456789abcdef"'))
    finally:
        bucket.delete(path)


def _refuses(bucket: Bucket, thing: Thing, etag: str | None) -> bool:
    try:
        bucket.put(thing, etag)
    except Refused:
        return True
    return False
