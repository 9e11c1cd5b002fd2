"""Which incidents a ledger may have told that is gone, and of which this one is a copy.

A copy does not know that it is one: it may have been made between saving and posting. So whatever
is untold when our turn begins is looked for in Slack before it is posted: a process that starts may
do so on a backup, and with the database on another server the turn begins anew. So it is, too, when
the books lack what we wrote last: a copy that has this has all before it.
"""

from collections.abc import Callable, Collection

from storage.deliveries import Delivery
from storage.ledger import Ledger


class Doubts:
    """Kept in memory: a process that starts doubts anyway."""

    def __init__(self, turn: Callable[[], int]) -> None:
        self._turn_now = turn
        self._turn: int | None = None
        self._written: Delivery | None = None
        self._incidents: set[int] = set()

    def wrote(self, one: Delivery) -> None:
        """What the books have to have from now on."""
        self._written = one

    def look(self, ledger: Ledger, untold: Collection[int]) -> None:
        """Begin to doubt what is untold, where the ledger may be another one than before."""
        turn = self._turn_now()
        if turn == self._turn and (not untold or self._is_known(ledger)):
            return
        self._turn, self._written, self._incidents = turn, None, set(untold)

    def _is_known(self, ledger: Ledger) -> bool:
        one = self._written
        return one is None or ledger.deliveries.get(one.id) == one

    def about(self, number: int) -> bool:
        return number in self._incidents

    def settle(self, number: int) -> None:
        """Its messages are looked for now, or there are none to look for."""
        self._incidents.discard(number)
