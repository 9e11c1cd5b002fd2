"""What each target shows: the revision, the documents, and since when it is behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage import rows
from storage.schema import document, publication


@dataclass(frozen=True)
class Publication:
    """What we last knew of a target."""

    target: str
    revision: int = 0
    change_id: str = ""
    checked_at: datetime | None = None  # when the marker was last written
    behind_since: datetime | None = None
    error: str | None = None
    stopped: bool = False  # until it is taken back what the page knows better, or a person acts
    told_at: datetime | None = None
    recovered: str | None = None  # what came back from it, and the channel has not heard yet


@dataclass(frozen=True)
class Published:
    """One file we put on a target."""

    path: str
    digest: str  # empty where what is due could not be made, and something older may stand
    revision: int
    etag: str | None = None


_FOR_THE_CHANNEL = frozenset({"told_at", "recovered"})  # not the publisher's to change


class Publications:
    """Queries about targets, within the ledger's transaction. None of this makes a revision."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, target: str) -> Publication:
        """What we know of a target; a fresh record where it is new to us."""
        query = select(publication).where(publication.c.target == target)
        row = self._connection.execute(query).mappings().one_or_none()
        return Publication(**row) if row else Publication(target)

    def every(self) -> tuple[Publication, ...]:
        found = self._connection.execute(select(publication).order_by(publication.c.target))
        return tuple(Publication(**row) for row in found.mappings())

    def save(self, one: Publication) -> None:
        """Keep what the publisher knows; what the channel heard is not the publisher's to say."""
        row = rows.columns(publication, one)
        self._set(one.target, {name: row[name] for name in row.keys() - _FOR_THE_CHANNEL})

    def told(self, target: str, at: datetime | None) -> None:
        """The channel heard that a target is in trouble; None: that it is well again."""
        self._set(target, {"told_at": at})

    def recovered(self, target: str, report: str) -> None:
        """Something came back from a target: the channel has to hear that, too."""
        unheard = self.get(target).recovered
        self._set(target, {"recovered": "\n\n".join(filter(None, [unheard, report]))})

    def heard(self, one: Publication) -> None:
        """The channel heard what had come back from a target, as it was then."""
        same = (publication.c.target == one.target, publication.c.recovered == one.recovered)
        self._connection.execute(update(publication).where(*same).values(recovered=None))

    def forget_all_but(self, targets: Iterable[str]) -> None:
        """Forget targets that are no longer written: nobody waits for them any more."""
        former = publication.c.target.not_in(sorted(targets))
        self._connection.execute(delete(publication).where(former))

    def _set(self, target: str, values: dict[str, Any]) -> None:
        """Change these columns of a target's row, or make it."""
        known = update(publication).where(publication.c.target == target).values(values)
        if self._connection.execute(known).rowcount == 0:
            fresh = rows.columns(publication, Publication(target))
            self._connection.execute(insert(publication), fresh | values)

    def documents(self, target: str, paths: Iterable[str] | None = None) -> Mapping[str, Published]:
        """Path -> what we last put there; of these paths, or of all."""
        query = select(document).where(document.c.target == target)
        if paths is not None:
            query = query.where(document.c.path.in_(sorted(paths)))
        return {
            row.path: Published(row.path, row.digest, row.revision, row.etag)
            for row in self._connection.execute(query)
        }

    def put(self, target: str, published: Iterable[Published]) -> None:
        """Remember files as ours."""
        batch = list(published)
        self.forget(target, [one.path for one in batch])
        if batch:
            self._connection.execute(
                insert(document), [{"target": target, **vars(one)} for one in batch]
            )

    def forget(self, target: str, paths: Iterable[str]) -> None:
        """Forget files that are no longer there."""
        gone = sorted(paths)
        for start in range(0, len(gone), 500):
            self._connection.execute(
                delete(document).where(
                    document.c.target == target, document.c.path.in_(gone[start : start + 500])
                )
            )

    def owe(self, target: str, paths: Sequence[str], revision: int) -> None:
        """Note that what is due there is missing, until it is put."""
        if not paths:
            return
        known = self.documents(target, paths)
        fresh = (Published(path, "", revision) for path in paths)
        self.put(target, [replace(known.get(one.path, one), digest="") for one in fresh])

    def owed(self, target: str) -> list[str]:
        """The paths of what is missing, in order."""
        query = select(document.c.path).where(document.c.target == target, document.c.digest == "")
        return list(self._connection.execute(query.order_by(document.c.path)).scalars())
