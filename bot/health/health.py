"""What /readyz tells of this process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from bot.health.check import Check
from bot.health.ledger import LedgerLook
from bot.health.slack import SlackLook

VERSION = version("duckrow")


@dataclass(frozen=True)
class Ready:
    """Whether all is in order, and what is."""

    checks: Mapping[str, Check]

    @property
    def ok(self) -> bool:
        return all(one.ok for one in self.checks.values())

    def to_json(self, *, reasons: bool) -> dict[str, Any]:
        """With reasons only for those who run it: an error may name machines and folders."""
        return {
            "ready": self.ok,
            "checks": {name: _json(one, reasons=reasons) for name, one in self.checks.items()},
        }


class Health:
    """The three things that have to be in order: the ledger, Slack, and the page."""

    def __init__(self, ledger: LedgerLook, slack: SlackLook, now: Callable[[], datetime]) -> None:
        self.ledger = ledger
        self.slack = slack
        self._now = now

    def ready(self) -> Ready:
        """As the looks last found it; nothing is asked for this."""
        checks = {"ledger": self.ledger.commits, "slack": self.slack.answers}
        now = self._now()
        return Ready(
            {name: one.as_of(now) for name, one in (checks | {"page": self.ledger.page}).items()}
        )


def _json(one: Check, *, reasons: bool) -> dict[str, Any]:
    said = {"ok": one.ok, "since": one.since.isoformat(timespec="seconds")}
    return said | ({"why": one.why} if reasons and one.why else {})
