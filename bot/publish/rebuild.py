"""Writing every document, however long the history, in batches that fit into memory.

Each batch is of one snapshot. When the ledger moves on meanwhile, later batches are of a newer one,
and what was touched since the beginning is written once more before the marker.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum

from bot.publish.documents import is_named_so, prefixes
from bot.publish.due import (
    Due,
    due_components,
    due_incidents,
    due_months,
    due_once,
    due_since,
    due_years,
)
from bot.publish.marker import Claim, Marker, marker_of
from bot.publish.records import Records
from bot.publish.recovery.shapes import FIRST_YEAR
from bot.publish.renderer import Renderer
from bot.publish.rendering import Batch, published, render_all
from bot.publish.site import Site
from bot.publish.standing import left_behind
from bot.publish.stopwatch import Stopwatch
from bot.publish.targets import File, Target, Writer
from bot.publish.twins import Words, twin_paths
from storage.database import Database
from storage.engines import AT_LEISURE
from storage.known import Known
from storage.ledger import Ledger
from storage.publications import Published

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]  # documents written, of how many
_INCIDENTS, _PAGES = 100, 6  # in one batch


class Prune(Enum):
    """What a rebuild removes that is not due."""

    NOTHING = "nothing"
    OURS = "what is on the ledger's books"
    EVERYTHING = "documents of another page or of a newer ledger, too"


class Rebuild:
    """One writing of everything. `run` may be called once."""

    def __init__(
        self,
        database: Database,
        target: Target,
        records: Records,
        *,
        renderer: Renderer,
        program: str,
        compressed: Words,
        known: Known,
        watch: Stopwatch,
        progress: Progress | None,
    ) -> None:
        self._database = database
        self._target = target
        self._records = records
        self._renderer = renderer
        self._program = program
        self._compressed = compressed
        self._known = known
        self._watch = watch
        self._progress = progress or (lambda *_: None)
        self._total = 0
        self._written: set[str] = set()
        self._due: set[str] = set()  # every path
        self._missing: list[str] = []
        self._over: Claim | None = None
        self._stood: set[str] = set()  # what goes unless it is due

    def run(
        self, base: Marker | None, *, take_over: bool = False, prune: Prune = Prune.NOTHING
    ) -> bool:
        """Write all; `take_over` what is newer, too. Raises Outrun, PublishError."""
        self._stood = self._standing(prune)
        with self._snapshot() as (ledger, site):
            self._over = left_behind(base, ledger.page, ledger.knows, take_over=take_over)
            intent = self._intent(site)
        with self._target.writing(base, intent, take_over=take_over) as writer:
            while not self._write_all(writer):
                log.info("the page's settings changed meanwhile: once more")
        documents = len(self._written)
        log.info("all of the page published", extra={"documents": documents})
        self._progress(documents, documents)
        return True

    def _standing(self, prune: Prune) -> set[str]:
        """What may have to go. What comes later may be another publisher's newest."""
        if prune is Prune.NOTHING:
            return set()
        with self._database.read() as ledger:
            ours = self._records.documents(ledger, None)
        return {*ours, *(self._others() if prune is Prune.EVERYTHING else ())}

    def _others(self) -> Iterator[str]:
        """Documents, whoever made them: of nothing else that may stand there a name is read."""
        for prefix in sorted(prefixes(range(FIRST_YEAR, self._watch.now().year + 2))):
            yield from filter(is_named_so, self._target.list(prefix))

    def _write_all(self, writer: Writer) -> bool:
        """False when what all documents share changed on the way."""
        with self._snapshot() as (ledger, site):
            first, months = site.page.revision, list(site.months())
            slugs = [one.slug for one in site.situation.leaves]
            pages = [*due_months(months), *due_years(_years(months)), *due_components(slugs)]
            self._total = 2 * ledger.count_incidents() + len(pages) + len(due_once())
        for intent, batch in self._history(pages):
            writer.begin(intent)
            self._records.wrote(self._put(writer, batch.files))
        with self._snapshot() as (ledger, site):
            told = ledger.told_since(first)
            if told.everything:
                return False
            batch = self._render(site, [*due_once(), *due_since(site, told, first)])
            intent = self._intent(site)
        writer.begin(intent)
        done = self._put(writer, batch.files) + self._put(writer, batch.home)
        batch.require_whole()
        self._prune(writer)
        shown = replace(intent, checked_at=self._watch.now())
        writer.mark(shown)
        self._records.shows(shown, done, self._missing)
        return True

    def _prune(self, writer: Writer) -> None:
        """Before the marker says that all is in order: nothing would remove it afterwards."""
        if gone := sorted(self._stood - self._due):
            writer.delete(gone)
            self._records.removed(gone)

    def _history(self, pages: Sequence[Due]) -> Iterator[tuple[Marker, Batch]]:
        number = 0
        while True:
            with self._snapshot() as (_, site):
                incidents = site.incidents_after(number, _INCIDENTS)
                batch = self._render(site, due_incidents(one.id for one in incidents))
                intent = self._intent(site)
            if not incidents:
                break
            yield intent, batch
            number = incidents[-1].number
        for due in _chunks(pages):
            with self._snapshot() as (_, site):
                batch, intent = self._render(site, due), self._intent(site)
            yield intent, batch

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[Ledger, Site]]:
        with self._database.read(within=AT_LEISURE) as ledger:
            self._known.trim()
            ledger.known = self._known
            yield ledger, Site(ledger, self._renderer)

    def _intent(self, site: Site) -> Marker:
        return marker_of(site.page, self._program, self._watch.now(), self._over)

    def _render(self, site: Site, every: Iterable[Due]) -> Batch:
        by_path = {due.path: due for due in every}
        for path in by_path:
            self._due.update((path, *twin_paths(path, self._compressed)))
        batch = render_all(site, by_path.values(), {}, self._compressed)
        self._missing += batch.missing
        return batch

    def _put(self, writer: Writer, files: Sequence[File]) -> list[Published]:
        done = published(files, writer.put(files))
        self._written.update(file.path for file in files if not file.encoding)
        last = self._total - 1  # the last step is the marker
        self._progress(min(len(self._written), last), self._total)
        return done


def _years(months: Iterable[str]) -> list[str]:
    return sorted({month[:4] for month in months})


def _chunks(every: Sequence[Due]) -> Iterator[Sequence[Due]]:
    for start in range(0, len(every), _PAGES):
        yield every[start : start + _PAGES]
