"""Watching one process: its looks, and the port where it tells what they found."""

import logging
from collections.abc import Callable
from typing import Self

from bot.app import now
from bot.commands import COMMANDS
from bot.config import Settings
from bot.core.observer import NOBODY, Observer
from bot.health import Health, LedgerLook, SlackLook
from bot.loop import Loop
from bot.slack.client import Client
from bot.web import Server, create_monitor, serve
from storage.database import Database

logger = logging.getLogger(__name__)

_LEDGER_EVERY = 5.0  # seconds
_SLACK_EVERY = 10.0


def observer_of(loaded: Settings) -> Observer:
    """One that counts, where somebody may ask."""
    if not loaded.monitor_port:
        return NOBODY
    from bot.metrics import Counting  # noqa: PLC0415 -- nobody else needs it

    return Counting(command.name for command in COMMANDS)


class Monitoring:
    """The looks of one process, each at its own pace, and its port. Close it when done."""

    def __init__(
        self,
        loaded: Settings,
        database: Database,
        observer: Observer,
        connected: Callable[[], int] | None = None,
    ) -> None:
        self._client = Client(loaded.slack_bot_token, loaded.slack_api_url, observer)
        ledger = LedgerLook(database, loaded.publish_url, now())
        slack = SlackLook(self._client, now(), connected)
        self.health = Health(ledger, slack, now)
        self._loops = {
            "look at the ledger": Loop([ledger.look], now, tick=_LEDGER_EVERY, observer=observer),
            "look at Slack": Loop([slack.look], now, tick=_SLACK_EVERY, observer=observer),
        }
        self._server = _server(loaded, database, self.health, observer)
        self._threads = [loop.start(name) for name, loop in self._loops.items()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish the looks under way."""
        if self._server:
            self._server.close(drain=0)
        for loop in self._loops.values():
            loop.stop()
        for thread in self._threads:
            thread.join()
        self._client.close()


def _server(
    loaded: Settings, database: Database, health: Health, observer: Observer
) -> Server | None:
    if not loaded.monitor_port:
        return None
    from bot.metrics import Counting, Found  # noqa: PLC0415 -- nobody else needs it

    assert isinstance(observer, Counting)  # noqa: S101 -- observer_of gave it, for this very port
    observer.registry.register(Found(health, lambda: database.connections_in_use, now))
    monitor = create_monitor(health.ready, observer.scrape)
    return serve(monitor, loaded.host, loaded.monitor_port)
