"""Bringing one target up to date with the ledger. Safe to repeat, and never backwards."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.errors import Refusal
from bot.core.observer import NOBODY, Observer
from bot.publish.due import due_since
from bot.publish.errors import Outrun, PublishError
from bot.publish.marker import Marker, marker_of
from bot.publish.rebuild import Progress, Prune, Rebuild
from bot.publish.records import Records
from bot.publish.recovery import Unrecoverable, recover
from bot.publish.renderer import Renderer, built_in
from bot.publish.rendering import Batch, published, render_all
from bot.publish.site import Site
from bot.publish.standing import (
    Believed,
    Standing,
    left_behind,
    standing,
    trouble,
    unrecovered,
)
from bot.publish.stopwatch import Stopwatch
from bot.publish.targets import Target
from bot.publish.twins import Words
from storage.database import Database
from storage.engines import AT_LEISURE
from storage.known import Known
from storage.ledger import Ledger

log = logging.getLogger(__name__)

CHECK_EVERY = timedelta(minutes=5)  # a dead bot and a calm day must look different
_MOST_KNOWN = 2000  # incidents kept in memory, unless one publication needs more


@dataclass(frozen=True)
class _Look:
    """What one snapshot of the ledger said, and what was rendered from it."""

    found: Standing
    intent: Marker | None = None  # what the target will show; None while nothing was ever told
    batch: Batch | None = None


class Publisher:
    """Keeps one target up to date. One thread at a time may use it."""

    def __init__(
        self,
        database: Database,
        target: Target,
        program: str | None = None,
        renderer: Renderer | None = None,
        compressed: Words = (),
        *,
        observer: Observer = NOBODY,
    ) -> None:
        self._database = database
        self._observer = observer
        self._compressed = compressed if target.twins else ()
        self._target = target
        self._renderer = renderer or built_in()
        self._program = program or self._renderer.fingerprint
        self._records = Records(database, target.url)
        self._known = Known(_MOST_KNOWN)

    def sync(self, now: datetime) -> bool:
        """Publish what the target lacks; True when anything was written.

        Raises PublishError when that failed, after noting since when and why; LedgerUnavailable
        when there was nothing to go by. Either way readers keep what they have.
        """
        with self._noting_trouble(now):
            marker = self._target.marker()
            look = self._look(marker, now)
            if look.found is Standing.AHEAD and marker and self._take_back(marker, now):
                look = self._look(marker, now)
            return self._act(look, marker, Stopwatch(now))

    def full(
        self, now: datetime, *, take_over: bool = False, progress: Progress | None = None
    ) -> bool:
        """Write every document again, and remove those of our files that are no longer due.

        Raises what `sync` raises, and Refusal when the target shows what this ledger does not
        hold; `take_over` replaces that, and removes what others left in any case.
        """
        with self._noting_trouble(now):
            marker = self._target.marker()
            found = self._look(marker, now, render=False).found
            if found is Standing.AHEAD and marker and not take_over:
                self._take_back(marker, now)
                found = self._look(marker, now, render=False).found
            is_others = found in (Standing.FOREIGN, Standing.AHEAD)
            if is_others and not take_over:
                problem, remedy = trouble(found, marker)
                raise Refusal(f"{self._target.url}: {problem}", remedy)
            rebuild = self._rebuild(Stopwatch(now), progress)
            prune = Prune.EVERYTHING if take_over else Prune.OURS
            return found is not Standing.UNTOLD and _unless_outrun(
                lambda: rebuild.run(marker, take_over=is_others, prune=prune)
            )

    def _act(self, look: _Look, marker: Marker | None, watch: Stopwatch) -> bool:
        match look.found:
            case Standing.UNTOLD:
                return False
            case Standing.FOREIGN:
                return self._stop(trouble(look.found, marker))
            case Standing.AHEAD:
                return False
            case Standing.BLANK:
                return _unless_outrun(lambda: self._rebuild(watch, None).run(marker))
            case Standing.BEHIND:
                return _unless_outrun(lambda: self._catch_up(look, marker, watch))
            case Standing.CURRENT:
                self._records.recovered()
                return _unless_outrun(lambda: self._check_in(marker, watch))

    def _look(self, marker: Marker | None, now: datetime, *, render: bool = True) -> _Look:
        """Compare with the ledger; whoever is found ahead of it is compared once more."""
        look = self._look_once(marker, now, render=render)
        if look.found is Standing.AHEAD:
            return self._look_once(marker, now, render=render)
        return look

    def _look_once(self, marker: Marker | None, now: datetime, *, render: bool) -> _Look:
        with self._database.read(within=AT_LEISURE) as ledger:
            believed = Believed(marker, self._records.publication(ledger), self._program)
            found = standing(ledger.page, believed, ledger.knows)
            if found is Standing.UNTOLD:
                return _Look(found)
            over = left_behind(marker, ledger.page, ledger.knows)
            intent = marker_of(ledger.page, self._program, now, over)
            if found is not Standing.BEHIND or not render:
                return _Look(found, intent)
            batch = self._render(ledger, believed)
            return _Look(Standing.BEHIND if batch else Standing.BLANK, intent, batch)

    def _render(self, ledger: Ledger, believed: Believed) -> Batch | None:
        """What is due, as bytes; None when that is everything."""
        told = ledger.told_since(believed.base)
        if told.everything:
            return None
        self._known.trim()
        ledger.known = self._known
        site = Site(ledger, self._renderer)
        due = due_since(site, told, believed.base)
        paths = [one.path for one in due]
        known = self._records.documents(ledger, paths) if believed.agree else {}
        began = time.monotonic()
        batch = render_all(site, due, known, self._compressed)
        self._observer.rendered(self._target.url, time.monotonic() - began)
        return batch

    def _catch_up(self, look: _Look, marker: Marker | None, watch: Stopwatch) -> bool:
        batch, intent = look.batch, look.intent
        assert batch and intent  # noqa: S101, PT018 -- there is something to show
        began = watch.now()
        with self._target.writing(marker, intent) as writer:
            done = published(batch.files, writer.put(batch.files))
            done += published(batch.home, writer.put(batch.home))
            batch.require_whole()
            intent = replace(intent, checked_at=watch.now())
            writer.mark(intent)
        self._records.shows(intent, done, batch.missing)
        self._tell_published(intent, len(done), watch.now() - began)
        return True

    def _tell_published(self, shown: Marker, documents: int, took: timedelta) -> None:
        delay = max(shown.checked_at - shown.time, timedelta())
        self._observer.published(self._target.url, took.total_seconds(), delay.total_seconds())
        log.info(
            "page published",
            extra={"revision": shown.revision, "documents": documents, "target": self._target.url},
        )

    def _check_in(self, marker: Marker | None, watch: Stopwatch) -> bool:
        """Say in the marker that somebody looked."""
        assert marker  # noqa: S101 -- it is current
        if abs(watch.now() - marker.checked_at) < CHECK_EVERY:  # a clock that was ahead looked last
            return False
        checked = replace(marker, checked_at=watch.now())
        with self._target.writing(marker, checked) as writer:
            writer.mark(checked)
        self._records.checked(checked.checked_at)
        return True

    def _take_back(self, marker: Marker, now: datetime) -> bool:
        """What the ledger lacks comes back from the page; False where somebody else took it."""
        if not self._records.is_stopped():
            self._stop(trouble(Standing.AHEAD, marker))
        try:
            return recover(self._database, self._target, marker, now)
        except Unrecoverable as reason:
            problem = unrecovered(str(reason))
            self._stop(problem)
            raise PublishError(" ".join(problem)) from None

    def _stop(self, why: tuple[str, str]) -> bool:
        problem, remedy = why
        if self._records.stopped(f"{problem} {remedy}"):
            log.error("publishing stopped", extra={"reason": problem, "remedy": remedy})
        return False

    def _rebuild(self, watch: Stopwatch, progress: Progress | None) -> Rebuild:
        return Rebuild(
            self._database,
            self._target,
            self._records,
            renderer=self._renderer,
            program=self._program,
            compressed=self._compressed,
            known=self._known,
            watch=watch,
            progress=progress,
        )

    @contextmanager
    def _noting_trouble(self, now: datetime) -> Iterator[None]:
        try:
            yield
        except PublishError as error:
            self._records.behind(now, str(error))
            raise


def _unless_outrun(publish: Callable[[], bool]) -> bool:
    """False when somebody newer is at it: the next look finds what they did."""
    try:
        return publish()
    except Outrun:
        log.info("somebody else publishes something newer")
        return False
