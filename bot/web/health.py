"""What /healthz tells of this process. Asking waits for nobody: the ledger is looked at before."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from bot.slack.identity import Identity
from storage.database import Database
from storage.errors import LedgerUnavailable, WrongLedger

_COUNTS_FOR = timedelta(seconds=30)  # a look; the steps beside it may wait for Slack meanwhile


class Health:
    """Facts for whoever operates this. None of them makes a process unhealthy: it is alive."""

    def __init__(self, database: Database, identity: Identity, now: Callable[[], datetime]) -> None:
        self._database = database
        self._identity = identity
        self._now = now
        self._seen: tuple[int, datetime] | None = None

    def look(self, now: datetime) -> bool:
        """The step that asks the ledger for its revision; nothing is ever left to do after it."""
        try:
            with self._database.read() as ledger:
                self._seen = (ledger.page.revision, now)
        except (LedgerUnavailable, WrongLedger):
            self._seen = None
        return False

    def facts(self) -> Mapping[str, Any]:
        """As JSON can hold them; `revision` is null while the ledger does not answer."""
        revision = self._revision()
        return {
            "version": version("duckrow"),
            "ledger_answers": revision is not None,
            "revision": revision,
            "known_in_slack": self._identity.is_confirmed,
        }

    def _revision(self) -> int | None:
        revision, at = self._seen or (None, self._now())
        return revision if self._now() - at < _COUNTS_FOR else None
