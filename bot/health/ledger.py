"""The look at the ledger: can it commit, does the page show it all, what is Slack still to hear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.page import Page
from bot.health.check import unknown
from storage.database import Database
from storage.deliveries import Backlog
from storage.errors import LedgerUnavailable, WrongLedger
from storage.ledger import Ledger
from storage.publications import Publication

LATE = timedelta(seconds=30)  # the page shows a change within these, even after a fault

_UNKNOWN = "not known while the ledger does not answer"


@dataclass(frozen=True)
class TargetSeen:
    """How a target stands to the ledger."""

    url: str
    revision: int
    stopped: bool
    behind_since: datetime | None
    checked_at: datetime | None
    error: str = ""

    def behind(self, now: datetime) -> timedelta:
        return now - self.behind_since if self.behind_since else timedelta()

    def trouble(self, now: datetime) -> str:
        """Why readers do not see what was told; empty while they do, or soon will."""
        if self.stopped:
            return f"{self.url}: publishing stopped: {self.error}"
        if self.behind(now) > LATE:
            return f"{self.url}: behind: {self.error or 'nobody publishes'}"
        if self.error and not self.behind_since:
            return f"{self.url}: {self.error}"
        return ""


@dataclass(frozen=True)
class Seen:
    """One snapshot of what whoever runs this wants to know."""

    revision: int
    targets: tuple[TargetSeen, ...]
    backlog: Backlog


class LedgerLook:
    """The step that looks, and what it found. Reading that never reaches for the ledger."""

    def __init__(self, database: Database, targets: Sequence[str], now: datetime) -> None:
        self._database = database
        self._targets = tuple(targets)
        self.commits = unknown(now)
        self.page = unknown(now)
        self.seen: Seen | None = None  # while the ledger can be read

    def look(self, now: datetime) -> bool:
        """Read, and commit a change of nothing; there is never anything left to do after it."""
        self.seen, why = self._read()
        self.page = self.page.found(*self._page(now))
        self.commits = self.commits.found(why or self._rehearse(), now)
        return False

    def _read(self) -> tuple[Seen | None, str]:
        try:
            self._database.check(or_newer=True)
            with self._database.read() as ledger:
                targets = [_target(ledger, url) for url in self._targets]
                return Seen(ledger.page.revision, tuple(targets), ledger.deliveries.backlog()), ""
        except (LedgerUnavailable, WrongLedger) as error:
            return None, str(error)

    def _rehearse(self) -> str:
        try:
            self._database.rehearse()
        except LedgerUnavailable as error:
            return str(error)
        return ""

    def _page(self, now: datetime) -> tuple[str, datetime, datetime | None]:
        if self.seen is None:
            return _UNKNOWN, now, None
        troubles = [(why, one) for one in self.seen.targets if (why := one.trouble(now))]
        since = min((one.behind_since for _, one in troubles if one.behind_since), default=None)
        return "; ".join(why for why, _ in troubles), now, since


def _target(ledger: Ledger, url: str) -> TargetSeen:
    known = ledger.publications.get(url)
    return TargetSeen(
        url=url,
        revision=known.revision,
        stopped=known.stopped,
        behind_since=_behind_since(ledger, ledger.page, known),
        checked_at=known.checked_at,
        error=known.error or "",
    )


def _behind_since(ledger: Ledger, page: Page, known: Publication) -> datetime | None:
    """Since a publisher failed, or since the first change that is not there was told."""
    missing = ledger.told_after(known.revision) if known.revision < page.revision else None
    return min(filter(None, (known.behind_since, missing)), default=None)
