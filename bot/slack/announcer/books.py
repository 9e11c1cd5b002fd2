"""The books of what is posted: which message shows what, and how far posting it got."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.slack.announcer.lookup import Found
from storage.database import Database
from storage.deliveries import Delivery
from storage.ledger import Ledger


class Books:
    """Writes only what is so: another process may have written meanwhile."""

    def __init__(self, database: Database, wrote: Callable[[Delivery], None]) -> None:
        self._database = database
        self._wrote = wrote  # told of all that is written

    def ts(self, one: Delivery) -> str | None:
        """Where the message is, as the books have it now."""
        with self._database.read() as ledger:
            stored = ledger.deliveries.get(one.id)
        return stored.ts if stored else None

    def change(self, known: Delivery | None, new: Delivery) -> bool:
        """Save it, unless the books have changed: somebody who stood still knows old ones."""
        with self._database.write() as ledger:
            ledger.deliveries.hold(new.incident_id)
            is_known = ledger.deliveries.get(new.id) == known
            if is_known:
                self._save(ledger, new)
        return is_known

    def keep(self, begun: Delivery, found: Found) -> bool:
        """Store where the message is; False where another process found or sent it meanwhile."""
        with self._database.write() as ledger:
            ledger.deliveries.hold(begun.incident_id)
            stored = ledger.deliveries.get(begun.id)
            if stored is None:
                return True  # other books than those it was begun in: it will be looked for
            is_ours = stored.ts in (None, found.ts)
            if is_ours:
                here = replace(stored, channel=begun.channel, thread_ts=begun.thread_ts)
                kept = replace(here, ts=found.ts, version=found.version, error=None)
                self._save(ledger, kept)
        return is_ours

    def shows(self, edited: Delivery, version: int, doubt: datetime | None) -> None:
        """Store what the message shows now; what was newer before us is shown once more.

        `doubt`: when another edit of it began that Slack may still carry out.
        """
        with self._database.write() as ledger:
            ledger.deliveries.hold(edited.incident_id)
            stored = ledger.deliveries.get(edited.id)
            if stored is None:
                return
            left = doubt if stored.edit_at == edited.edit_at else stored.edit_at
            self._save(ledger, replace(stored, version=version, error=None, edit_at=left))
            if stored.version > version:
                ledger.deliveries.tell_again(edited.incident_id)

    def _save(self, ledger: Ledger, one: Delivery) -> None:
        """Said before the commit: what did not come to be is only doubted once too often."""
        self._wrote(one)
        ledger.deliveries.save(one)
