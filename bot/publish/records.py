"""What the ledger remembers of one target."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.publish.errors import unrendered
from bot.publish.marker import Marker
from bot.publish.targets.base import TWIN_ENDINGS
from storage.database import Database
from storage.ledger import Ledger
from storage.publications import Publication, Published


class Records:
    """The bookkeeping of one target; each call that changes it is a transaction of its own."""

    def __init__(self, database: Database, target: str) -> None:
        self._database = database
        self._target = target

    def publication(self, ledger: Ledger) -> Publication:
        return ledger.publications.get(self._target)

    def documents(self, ledger: Ledger, paths: Iterable[str] | None) -> Mapping[str, Published]:
        return ledger.publications.documents(self._target, paths)

    def wrote(self, files: Iterable[Published]) -> None:
        """These files are ours."""
        with self._database.write() as ledger:
            self._keep(ledger, files)

    def removed(self, paths: Iterable[str]) -> None:
        with self._database.write() as ledger:
            ledger.publications.forget(self._target, paths)

    def shows(
        self, marker: Marker, files: Iterable[Published], missing: Sequence[str] = ()
    ) -> None:
        """The target shows what its marker says, but for paths where something older stays."""
        with self._database.write() as ledger:
            self._keep(ledger, files)
            ledger.publications.owe(self._target, missing, marker.revision)
            before = self.publication(ledger)
            now = replace(
                before,
                revision=marker.revision,
                change_id=marker.change_id,
                checked_at=marker.checked_at,
                behind_since=None,
                error=self._note(ledger) if missing or before.error else None,
                stopped=False,
            )
            ledger.publications.save(now)

    def checked(self, at: datetime) -> None:
        """The marker was written again, to say that all is in order."""
        self._change(checked_at=at)

    def recovered(self) -> None:
        """Nothing is in the way any more; what is owed stays owed."""
        with self._database.read() as ledger:
            before = self.publication(ledger)
            if not (before.behind_since or before.stopped):
                return
            note = self._note(ledger)
        self._change(behind_since=None, error=note, stopped=False)

    def behind(self, now: datetime, reason: str) -> None:
        """The target lacks something since then, because of this."""
        with self._database.write() as ledger:
            before = self.publication(ledger)
            since = min(before.behind_since or now, now)  # whoever noted it, the clock may be set
            after = replace(before, behind_since=since, error=reason)
            if after != before:
                ledger.publications.save(after)

    def is_stopped(self) -> bool:
        with self._database.read() as ledger:
            return self.publication(ledger).stopped

    def stopped(self, problem: str) -> bool:
        """Nothing will be published there until a person acts; True when that is new."""
        with self._database.read() as ledger:
            before = self.publication(ledger)
        is_new = not before.stopped or before.error != problem
        if is_new:
            self._change(stopped=True, error=problem)
        return is_new

    def _note(self, ledger: Ledger) -> str | None:
        """What is wrong though all is published; it looks at every document there is."""
        return unrendered(ledger.publications.owed(self._target))

    def _keep(self, ledger: Ledger, files: Iterable[Published]) -> None:
        """Remember files; the twins that they had before went when they were written."""
        every = list(files)
        former = (file.path + ending for file in every for ending in TWIN_ENDINGS)
        ledger.publications.forget(self._target, former)
        ledger.publications.put(self._target, every)

    def _change(self, **fields: object) -> None:
        with self._database.write() as ledger:
            ledger.publications.save(replace(self.publication(ledger), **fields))  # type: ignore[arg-type]
