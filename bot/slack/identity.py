"""Who we are in Slack, asked in the background and remembered in the ledger."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from bot.core.waiting import Wait, is_waiting, wait_for
from bot.slack.client import Client, SlackFailure
from storage.database import Database
from storage.errors import LedgerUnavailable
from storage.ledger import SlackIdentity

log = logging.getLogger(__name__)

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)


class Identity:
    """The installation's team, app and bot. Reading it never asks anybody."""

    def __init__(self, database: Database, client: Client) -> None:
        self._database = database
        self._client = client
        self._known: SlackIdentity | None = None
        self._stored: SlackIdentity | None = None  # what the ledger has
        self._wait: Wait | None = None
        self._pause = _FIRST_PAUSE
        self.is_confirmed = False  # by Slack, since this process started
        self.enterprise: str | None = None  # None until Slack said; then its id, or empty

    @property
    def known(self) -> SlackIdentity | None:
        """Who we are; None before anybody could say."""
        return self._known

    def sync(self, now: datetime) -> bool:
        """Read the ledger once, ask Slack until it answers, and store that. True when anything
        was learnt or stored. Raises LedgerUnavailable when only storing is left to do.
        """
        if self.is_confirmed:
            return self._remember()
        if self._known is None and self._recall():
            return True
        if is_waiting(self._wait, now):
            return False
        try:
            self._known = self._ask()
        except SlackFailure as failure:
            log.warning("Slack does not say who we are", extra={"error": failure.error})
            self._wait = wait_for(self._pause, now)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            return False
        self.is_confirmed = True
        log.info("known in Slack", extra={"team": self._known.team, "app": self._known.app})
        return True

    def _recall(self) -> bool:
        """A ledger that does not answer remembers nothing; Slack may all the same."""
        with suppress(LedgerUnavailable), self._database.read() as ledger:
            remembered = ledger.slack()
            if remembered.team and remembered.app:
                self._known = self._stored = remembered
        return self._known is not None

    def _ask(self) -> SlackIdentity:
        us = self._client.call("auth.test")
        bot = self._client.call("bots.info", bot=us["bot_id"])["bot"]
        self.enterprise = us.get("enterprise_id") or ""
        return SlackIdentity(team=us["team_id"], app=bot["app_id"], bot=us["user_id"])

    def _remember(self) -> bool:
        if self._known is None or self._known == self._stored:
            return False
        with self._database.write() as ledger:
            ledger.remember_slack(self._known)
        self._stored = self._known
        return True
