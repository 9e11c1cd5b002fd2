"""A sandbox, and Slack's real, unmodified clients for it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

import pytest
import websocket
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import Sandbox, Workspace
from tests.sandbox.clients import close

T = TypeVar("T")
DEADLINE = 10.0  # seconds to acknowledge in: not even a busy machine lets it pass
# For a test in which it has to.
DEADLINE_PASSES = pytest.mark.parametrize("deadline", [1.0], ids=["brief"])


@pytest.fixture
def workspace() -> Workspace:
    """Without rate limits: the tests are quicker than people."""
    return Workspace(rate_limits=False)


@pytest.fixture
def deadline() -> float:
    """Until when an app has to acknowledge, in seconds."""
    return DEADLINE


@pytest.fixture
def slack(workspace, deadline) -> Iterator[Sandbox]:
    """A running sandbox, in which what is random is repeatable."""
    with Sandbox(workspace, seed=1, event_retries=(0.0, 0.05, 0.05), deadline=deadline) as sandbox:
        yield sandbox


@pytest.fixture
def client(slack) -> WebClient:
    """The bot's client, without retries."""
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


@pytest.fixture
def refused(client):
    """The answer to a call that Slack refuses, by keyword arguments."""

    def call(method, **arguments):
        with pytest.raises(SlackApiError) as caught:
            client.api_call(method, json=arguments)
        return caught.value.response

    return call


@pytest.fixture
def bolt(slack, client) -> App:
    """A Bolt app of the tests' own; listeners are added to it."""
    app = slack.workspace.app

    def authorize(**_) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=slack.workspace.team_id,
            bot_token=app.bot_token,
            bot_id=app.bot_id,
            bot_user_id=app.bot_user,
        )

    return App(
        client=client,
        authorize=authorize,
        signing_secret=slack.signing_secret,
        process_before_response=True,
        ignoring_self_events_enabled=False,  # or a deleted message of one's own is not heard of
    )


@pytest.fixture
def connected(slack, bolt) -> Iterator[App]:
    """The same app, on two Socket Mode connections."""
    handlers = [SocketModeHandler(bolt, slack.app_token) for _ in range(2)]
    for handler in handlers:
        greeted = threading.Event()
        handler.client.on_message_listeners.append(_setting(greeted))
        handler.connect()
        assert greeted.wait(5)  # closed before it listens, the client would never stop
    yield bolt
    for handler in handlers:
        close(slack, handler.close)


def _setting(event: threading.Event) -> Callable[[str], None]:
    return lambda _message: event.set()


@pytest.fixture
def web_server():
    """Starts small servers: `web_server(answer)` gives the address; `answer` gets the handler."""
    started = []

    def start(answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.body = self.rfile.read(int(self.headers["Content-Length"]))
                answer(self)

            def log_message(self, *_) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        started.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/slack/events"

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def in_background() -> Iterator[Callable[[Callable[[], T]], Callable[[], T]]]:
    """Runs something in a thread; gives a function that waits for what it returned."""
    with ThreadPoolExecutor() as pool:

        def run(work: Callable[[], T]) -> Callable[[], T]:
            return pool.submit(work).result

        yield run


@pytest.fixture
def app_client(slack):
    """A client with the app-level token."""
    return WebClient(slack.app_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def link(app_client):
    """Opens bare connections, and closes them."""
    opened = []

    def connect():
        url = app_client.apps_connections_open(app_token=app_client.token)["url"]
        connection = websocket.create_connection(url, timeout=5)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()
