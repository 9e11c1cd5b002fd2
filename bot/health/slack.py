"""The look at Slack: does it know our token, and can it reach us."""

from collections.abc import Callable
from datetime import datetime

from bot.health.check import unknown
from bot.slack.client import Client, NoEffect, SlackFailure

_WITHIN = 5.0


class SlackLook:
    """The step that asks, and what it heard. Reading that never asks anybody."""

    def __init__(
        self, client: Client, now: datetime, connected: Callable[[], int] | None = None
    ) -> None:
        self._client = client
        self._connected = connected
        self.answers = unknown(now)

    @property
    def connections(self) -> int | None:
        """How many Socket Mode connections are open; None where Slack comes by HTTP, or not."""
        return self._connected() if self._connected else None

    def look(self, now: datetime) -> bool:
        """Ask Slack who we are; there is never anything left to do after it."""
        self.answers = self.answers.found(self._trouble(), now)
        return False

    def _trouble(self) -> str:
        try:
            self._client.call("auth.test", within=_WITHIN)
        except NoEffect as told:
            return "" if told.retry_after else told.error  # who limits us is there
        except SlackFailure as failure:
            return failure.error
        return "no Socket Mode connection is open" if self.connections == 0 else ""
