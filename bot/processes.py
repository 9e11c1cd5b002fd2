"""The processes: everything in one, or reception and the loop apart. All parts are wired here."""

import errno
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime

from flask import Flask

from bot import app, monitoring
from bot.app import Duckrow, now
from bot.clock import keep_time
from bot.config import Settings
from bot.core.errors import Refusal
from bot.core.observer import NOBODY, Observer
from bot.loop import Loop, Step
from bot.monitoring import Monitoring
from bot.signals import until_stopped
from bot.slack.announcer import Announcer, PageTrouble
from bot.slack.client import Client, ReplyClient
from bot.slack.identity import Identity
from bot.slack.receiver import Receiver
from bot.slack.reception import Reception
from bot.slack.replies import Replies
from bot.slack.socket import SocketMode
from bot.threads import end_with_a_failing_thread
from bot.web import Server, create_app, ensure_free, serve, serve_workers
from storage.database import Database
from storage.errors import LedgerUnavailable, WrongLedger
from storage.turn import turn_of

logger = logging.getLogger(__name__)

Wake = Callable[[], None]


def run(loaded: Settings) -> None:
    """Slack, the loop and the page in one process, until SIGTERM or SIGINT."""
    end_with_a_failing_thread()
    observer = monitoring.observer_of(loaded)
    with ExitStack() as stack:
        wait = stack.enter_context(until_stopped())
        duckrow = stack.enter_context(_installation(loaded, observer))
        projections = stack.enter_context(_projecting(duckrow, observer))
        stack.enter_context(_receiving(duckrow, projections.wake, observer))
        logger.info("running")
        wait()
        logger.info("stopping")


def worker(loaded: Settings) -> None:
    """The loop alone, until SIGTERM or SIGINT."""
    end_with_a_failing_thread()
    observer = monitoring.observer_of(loaded)
    with ExitStack() as stack:
        wait = stack.enter_context(until_stopped())
        duckrow = stack.enter_context(_installation(loaded, observer))
        if loaded.monitor_port:  # else nobody can ask, and nobody looks
            stack.enter_context(_monitoring(loaded, duckrow.database, observer))
        stack.enter_context(_projecting(duckrow, observer))
        logger.info("running")
        wait()
        logger.info("stopping")


def web(loaded: Settings) -> None:
    """Reception alone: granian's processes, each of which calls `wsgi`."""
    with _installation(loaded):
        pass  # what is wrong is said once, here, not by every process
    with _on_a_free_port(loaded, "monitor_port"):
        if loaded.monitor_port:  # the process that granian starts will take it
            ensure_free(loaded.host, loaded.monitor_port)
    with _on_a_free_port(loaded):
        serve_workers(f"{__name__}:wsgi", loaded.host, loaded.port)


def wsgi() -> Flask:
    """The WSGI app of one web process."""
    end_with_a_failing_thread()
    loaded = app.settings("page", "ledger", "target", "slack", "http", "server")
    observer = monitoring.observer_of(loaded)
    database = Database(loaded.database_url, observer)
    reception = _reception(loaded, database, lambda: None, observer)  # PostgreSQL wakes the worker
    Loop(reception.steps, now, observer=observer).start("reception")
    return _over_http(loaded, reception, Monitoring(loaded, database, observer))


class Projections:
    """The loops that let page and Slack catch up: a target that hangs delays nothing else."""

    def __init__(
        self,
        duckrow: Duckrow,
        client: Client,
        http: ReplyClient,
        observer: Observer = NOBODY,
    ) -> None:
        self._turn = turn_of(duckrow.database, self.wake)
        database, channels = duckrow.database, duckrow.settings.incident_channels
        targets = [target.url for target in duckrow.targets]

        def may_run(at: object) -> bool:  # noqa: ARG001 -- a step's shape
            held = False
            try:
                held = self._takes_the_turn(duckrow)
            finally:
                observer.turned(held=held)
            return held

        may_run.__qualname__ = "take_the_turn"
        announcer = Announcer(database, client, channels, turn=lambda: self._turn.taken)
        slack = [  # the page's trouble before a backlog, which may leave no second free
            Identity(database, client).sync,
            PageTrouble(database, client, announcer.holds, channels, targets).sync,
            announcer.sync,
            Replies(database, http, targets).sync,
        ]
        pages = {
            f"page {number}": [_publishing(one.sync, url)]
            for number, (one, url) in enumerate(zip(duckrow.publishers, targets, strict=True), 1)
        }
        steps: dict[str, Sequence[Step]] = {"clock": [keep_time(database)], **pages, "slack": slack}
        self._loops = {
            name: Loop(each, now, may_run, observer=observer) for name, each in steps.items()
        }
        self._threads = [loop.start(name) for name, loop in self._loops.items()]

    def _takes_the_turn(self, duckrow: Duckrow) -> bool:
        duckrow.database.ensure_made()  # the turn's file beside a missing ledger says: it is gone
        return self._turn.take() and self._leads(duckrow)

    def _leads(self, duckrow: Duckrow) -> bool:
        """Whether this is the version to do the work; another leaves the turn to that one."""
        try:
            leads = duckrow.leads(now())
        except WrongLedger:
            self._turn.close()
            raise
        if not leads:
            self._turn.close()
        return leads

    def wake(self) -> None:
        """There may be work."""
        for loop in self._loops.values():
            loop.wake()

    def close(self) -> None:
        """Finish the step under way, then give the turn back."""
        for loop in self._loops.values():
            loop.stop()
        for thread in self._threads:
            thread.join()
        self._turn.close()


def _publishing(sync: Step, url: str) -> Step:
    """The same step, under a name that says which target it is about."""

    def step(at: datetime) -> bool:
        return sync(at)

    step.__qualname__ = f"publishing to {url}"
    return step


@contextmanager
def _installation(loaded: Settings, observer: Observer = NOBODY) -> Iterator[Duckrow]:
    """The installation, even while its database is down: commands are refused, not ignored."""
    with closing(Database(loaded.database_url, observer)) as database:
        duckrow = Duckrow(loaded, database, observer)
        try:
            duckrow.prepare()
            if weakness := database.weakness():
                logger.warning("updates are not safe in one place", extra={"reason": str(weakness)})
        except LedgerUnavailable as error:
            logger.warning("the database does not answer yet", extra={"reason": str(error)})
        yield duckrow


@contextmanager
def _projecting(duckrow: Duckrow, observer: Observer = NOBODY) -> Iterator[Projections]:
    loaded = duckrow.settings
    with (
        closing(Client(loaded.slack_bot_token, loaded.slack_api_url, observer)) as client,
        closing(ReplyClient(loaded.slack_api_url, observer)) as http,
        closing(Projections(duckrow, client, http, observer)) as projections,
    ):
        yield projections


@contextmanager
def _receiving(duckrow: Duckrow, wake: Wake, observer: Observer) -> Iterator[None]:
    """An app token means Socket Mode; without one Slack comes by HTTP."""
    loaded, database = duckrow.settings, duckrow.database
    with closing(_reception(loaded, database, wake, observer)) as reception, ExitStack() as stack:
        stack.enter_context(_looping(reception.steps, "reception", observer))
        if loaded.socket_mode:
            socket = SocketMode(reception.app, loaded.slack_app_token, loaded.slack_api_url)
            if loaded.monitor_port:
                looks = _monitoring(loaded, database, observer, lambda: socket.connected)
                stack.enter_context(looks)
            stack.enter_context(closing(socket)).start()
        else:
            monitor = stack.enter_context(_monitoring(loaded, database, observer))
            stack.enter_context(closing(_server(loaded, reception, monitor)))
        yield


def _reception(loaded: Settings, database: Database, wake: Wake, observer: Observer) -> Reception:
    return Reception(
        database,
        token=loaded.slack_bot_token,
        api_url=loaded.slack_api_url,
        channels=loaded.incident_channels,
        publishers=loaded.publishers,
        slash=loaded.slash_command,
        now=now,
        wake=wake,
        observer=observer,
    )


def _server(loaded: Settings, reception: Reception, monitor: Monitoring) -> Server:
    with _on_a_free_port(loaded):
        return serve(_over_http(loaded, reception, monitor), loaded.host, loaded.port)


def _over_http(loaded: Settings, reception: Reception, monitor: Monitoring) -> Flask:
    receiver = Receiver(reception.app, loaded.slack_signing_secret, now)
    return create_app(receiver, monitor.health.ready)


@contextmanager
def _monitoring(
    loaded: Settings,
    database: Database,
    observer: Observer,
    connected: Callable[[], int] | None = None,
) -> Iterator[Monitoring]:
    with _on_a_free_port(loaded, "monitor_port"):
        monitor = Monitoring(loaded, database, observer, connected)
    with monitor:
        yield monitor


@contextmanager
def _on_a_free_port(loaded: Settings, setting: str = "port") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Refusal(
            f"port {getattr(loaded, setting)} of {loaded.host} is taken.",
            f"Set {setting.upper()}, or stop what listens there.",
        ) from error


@contextmanager
def _looping(steps: Sequence[Step], name: str, observer: Observer) -> Iterator[None]:
    loop = Loop(steps, now, observer=observer)
    thread = loop.start(name)
    try:
        yield
    finally:
        loop.stop()
        thread.join()
