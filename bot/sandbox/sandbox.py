"""The sandbox: a local Slack on a loopback port, and the hands and eyes for whoever drives it.

with Sandbox() as slack:
    reply = slack.say("ana", "#incidents", "/incident open Site Outage | We look into it.")
    slack.wait_for(lambda: slack.messages("#incidents"))
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from bot.sandbox.app import Parts, create_app
from bot.sandbox.faults import Faults
from bot.sandbox.faults.sockets import cut
from bot.sandbox.http_server import HttpServer
from bot.sandbox.inbound.delivery import Delivery
from bot.sandbox.inbound.envelope import DEADLINE
from bot.sandbox.inbound.events import RETRIES, Events
from bot.sandbox.inbound.http_mode import HttpMode
from bot.sandbox.inbound.payloads import Payloads
from bot.sandbox.inbound.socket_mode import SocketMode
from bot.sandbox.model.errors import Json
from bot.sandbox.model.messages import Message
from bot.sandbox.model.views import View
from bot.sandbox.model.workspace import Workspace
from bot.sandbox.people import pressing, typing
from bot.sandbox.people.desk import Desk
from bot.sandbox.people.pressing import Submission
from bot.sandbox.scenario import PAUSE, Replay, Scenario
from bot.sandbox.web_api import ApiCall

T = TypeVar("T")
PATIENCE = 30.0  # machines stand still


class Sandbox:
    """A local Slack. People and channels are named by id or by name: "ana", "#incidents".

    Without `http_url` the app is reached through Socket Mode. `port` 0 picks a free one; `seed`
    makes what is random repeatable; `deadline` is how long the app may take to acknowledge.
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        port: int = 0,
        public_folder: Path | None = None,
        http_url: str | None = None,
        event_retries: tuple[float, ...] = RETRIES,
        seed: int | None = None,
        deadline: float = DEADLINE,
        scenario: Scenario | None = None,
        pause: float = PAUSE,
    ) -> None:
        self.workspace = workspace or Workspace()
        self.faults = Faults(seed)
        self.sockets = SocketMode(self.workspace.app.app_id, seed)
        self._closing = threading.Event()
        payloads = Payloads(self.workspace)
        self._delivery = Delivery(self.sockets, self.faults, self._closing, deadline)
        self._desk = Desk(self.workspace, self._delivery, payloads, lambda: self.url)
        self._events = Events(self._delivery.send, payloads.event, event_retries)
        self.workspace.listeners.append(self._events.put)
        self.replay: Replay | None = None
        if scenario:
            self.replay = Replay(scenario, self.say, self._changed, self._closing, pause)
        parts = Parts(
            self.workspace,
            self.sockets,
            self.faults,
            self._desk,
            public_folder or Path("public"),
            self._closing,
            self.replay,
        )
        self.calls: list[ApiCall] = parts.calls
        self._server = HttpServer(create_app(parts), port)
        if http_url:
            self.use_http(http_url)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; raises OSError when the port is taken."""
        self._server.start()
        self._events.start()

    def stop(self) -> None:
        """Leave no thread and no socket behind."""
        self._closing.set()
        self.sockets.close()
        if self.replay:
            self.replay.join()
        self._events.stop()
        self._server.stop()

    def _changed(self) -> None:
        with self.workspace.changing():
            pass

    @contextmanager
    def down(self) -> Iterator[None]:
        """Slack is unreachable meanwhile: connections are refused, open ones end."""
        self._server.stop()
        try:
            yield
        finally:
            self._server.start()

    def use_http(self, url: str) -> HttpMode:
        """From now on send signed requests to this address instead of using Socket Mode."""
        secret, clock = self.workspace.app.signing_secret, self.workspace.clock
        self._delivery.transport = transport = HttpMode(url, secret, clock)
        return transport

    @property
    def uses_socket_mode(self) -> bool:
        """Otherwise it sends signed requests."""
        return self._delivery.transport is self.sockets

    @property
    def url(self) -> str:
        """The sandbox's own address, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def api_url(self) -> str:
        """The Web API's, for the app's client: SLACK_API_URL."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """SLACK_BOT_TOKEN."""
        return self.workspace.app.bot_token

    @property
    def app_token(self) -> str:
        """SLACK_APP_TOKEN."""
        return self.workspace.app.app_token

    @property
    def signing_secret(self) -> str:
        """SLACK_SIGNING_SECRET."""
        return self.workspace.app.signing_secret

    def say(
        self, person: str, channel: str, text: str, thread: str | Message | None = None
    ) -> Message | None:
        """Type something. A command gives the reply its author saw, None when there was none.

        Anything else gives the message itself. Raises NotPossible for what Slack's own window
        does not offer.
        """
        who, where = self.workspace.person(person), self.workspace.channel(channel)
        root = thread.ts if isinstance(thread, Message) else thread
        return typing.say(self._desk, who, where, text, root)

    def delete(self, message: Message) -> None:
        """Take a message away, as its author or an administrator does."""
        typing.delete(self._desk, message)

    def shortcut(self, person: str, callback_id: str, message: Message) -> None:
        """Use a message shortcut; raises DeliveryFailed."""
        typing.shortcut(self._desk, self.workspace.person(person), callback_id, message)

    def click(self, person: str, on: Message | View, what: str, choose: Any = None) -> str | None:
        """Press a button by its action_id or label; `choose` an option by value or label.

        Gives Slack's word for it when the app did not take it in three seconds.
        """
        return pressing.click(self._desk, self.workspace.person(person), on, what, choose)

    def modal(self, person: str) -> View | None:
        """The modal on somebody's screen."""
        with self.workspace.lock:
            return self.workspace.screens.top(self.workspace.person(person).id)

    def submit(self, person: str, **values: Any) -> Submission:
        """Fill in the modal by action_id or block_id; raises LookupError without one."""
        return self.submit_values(person, values)

    def submit_values(self, person: str, values: Json) -> Submission:
        """The same, for ids that are no Python names."""
        return pressing.submit(self._desk, self.workspace.person(person), self._top(person), values)

    def dismiss(self, person: str, *, cleared: bool = False) -> None:
        """Close the modal, or the whole stack of them; raises LookupError without one."""
        who = self.workspace.person(person)
        pressing.dismiss(self._desk, who, self._top(person), cleared=cleared)

    def _top(self, person: str) -> View:
        view = self.modal(person)
        if view is None:
            raise LookupError(f"{person} has no modal open")
        return view

    def join(self, person: str, channel: str) -> None:
        """Somebody comes into a channel."""
        who, where = self.workspace.person(person), self.workspace.channel(channel)
        self.workspace.join(who.id, where)

    def leave(self, person: str, channel: str) -> None:
        """Somebody leaves a channel, or is removed."""
        who, where = self.workspace.person(person), self.workspace.channel(channel)
        self.workspace.leave(who.id, where)

    def messages(self, channel: str) -> list[Message]:
        """What the channel itself shows to everybody, oldest first."""
        with self.workspace.lock:
            roots = self.workspace.timelines[self.workspace.channel(channel).id].roots()
            return [each for each in roots if not each.tombstone]

    def thread(self, channel: str, root: str | Message) -> list[Message]:
        """The replies under a message, oldest first."""
        ts = root.ts if isinstance(root, Message) else root
        with self.workspace.lock:
            return self.workspace.timelines[self.workspace.channel(channel).id].replies(ts)

    def ephemerals(self, person: str) -> list[Message]:
        """What only this person sees, in every channel, oldest first."""
        who = self.workspace.person(person).id
        with self.workspace.lock:
            timelines = self.workspace.timelines.values()
            found = [m for each in timelines for m in each.messages if m.seen_by == who]
            return sorted(found, key=lambda message: message.ts)

    def called(self, method: str) -> list[ApiCall]:
        """The calls of one method that arrived so far."""
        return [call for call in list(self.calls) if call.method == method]

    def wait_for(self, condition: Callable[[], T], seconds: float = PATIENCE) -> T:
        """The condition's first true value; raises TimeoutError."""
        until = time.monotonic() + seconds
        version = self.workspace.version
        while not (value := condition()):
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not within {seconds} s")
            # Not everything that is waited for happens in the workspace.
            version = self.workspace.wait(version, min(left, 0.05))
        return value

    def wait_for_connections(self, count: int = 1, seconds: float = PATIENCE) -> None:
        """Until the app has so many Socket Mode connections; raises TimeoutError."""
        self.wait_for(lambda: len(self.sockets.connections) >= count, seconds)

    def cut(self, how: str, index: int = 0) -> None:
        """Something happens to a Socket Mode connection: see SOCKET_FAULTS."""
        cut(self.sockets, how, index)
