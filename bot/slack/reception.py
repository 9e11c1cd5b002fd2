"""Everything that hears Slack, put together; both ways of reception dispatch into its app."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.core.observer import NOBODY, Observer
from bot.slack.access import Access
from bot.slack.client import Client, ReplyClient
from bot.slack.desk import Desk
from bot.slack.directory import Directory
from bot.slack.events import Events
from bot.slack.identity import Identity
from bot.slack.listener import build_app
from bot.slack.promises import Promises
from bot.slack.replier import Replier
from storage.database import Database


class Reception:
    """Made without asking Slack anything; its steps ask, in the background of every process."""

    def __init__(
        self,
        database: Database,
        *,
        token: str,
        api_url: str,
        channels: Sequence[str],
        publishers: Sequence[str] = (),
        slash: str = "/incident",
        now: Callable[[], datetime],
        wake: Callable[[], None],
        observer: Observer = NOBODY,
    ) -> None:
        self._client = Client(token, api_url, observer)
        self._http = ReplyClient(api_url, observer)
        self._replier = Replier(self._http)
        self.identity = Identity(database, self._client)
        self.directory = Directory(self._client, publishers)
        access = Access(self.identity, self.directory, channels)
        desk = Desk(
            database,
            access,
            self.directory,
            self._replier,
            Promises(database, self._http),
            now=now,
            slash=slash,
            observer=observer,
        )
        self.app = build_app(token, desk, Events(database), wake)
        self.steps = (self.identity.sync, self.directory.sync, desk.settle)

    def close(self) -> None:
        """Send what is waiting, and hang up. Close what delivers into the app first."""
        if self._replier.close():  # else its client goes with the process: closed, it would fail
            self._http.close()
        self._client.close()
