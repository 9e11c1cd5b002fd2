"""Incidents that were read before, kept by who reads again and again."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from bot.core.incident import Incident


class Known:
    """Some incidents by id, each trusted only while its revision and time are the same.

    Between two calls of `trim` all that was asked for is kept, however many that are.
    """

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._incidents: dict[str, Incident] = {}  # the one asked for last is the last
        self._asked: set[str] = set()  # since it was trimmed

    def __len__(self) -> int:
        return len(self._incidents)

    def missing(self, rows: Sequence[Any]) -> list[Any]:
        """The rows of incidents that have to be read."""
        return [row for row in rows if not _is_same(self._incidents.get(row.id), row)]

    def add(self, incidents: Iterable[Incident]) -> None:
        self._incidents.update({one.id: one for one in incidents})

    def get(self, public_id: str) -> Incident:
        """Raises KeyError."""
        found = self._incidents[public_id] = self._incidents.pop(public_id)
        self._asked.add(public_id)
        return found

    def trim(self) -> None:
        """Forget what was not asked for since the last time, longest ago first, but for `most`."""
        spare = len(self) - max(self._most, len(self._asked))
        for public_id in list(islice(self._incidents, max(0, spare))):
            del self._incidents[public_id]
        self._asked.clear()


def _is_same(known: Incident | None, row: Any) -> bool:
    # A stale copy of the ledger may hold another change under the same revision, not its time too.
    return known is not None and (known.revision, known.updated_at) == (
        row.revision,
        row.updated_at,
    )
