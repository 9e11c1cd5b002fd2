"""The Flask application: Web API, Socket Mode, the local Slack's page, and the public page at /."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, request
from flask_sock import Sock
from simple_websocket import Server  # type: ignore[import-untyped]

from bot.sandbox.browser.routes import Browser
from bot.sandbox.control import control
from bot.sandbox.faults import Faults
from bot.sandbox.guard import refuse_strangers
from bot.sandbox.inbound.socket_mode import SocketMode
from bot.sandbox.model.workspace import Workspace
from bot.sandbox.people.desk import Desk
from bot.sandbox.public import public_page
from bot.sandbox.scenario import Replay
from bot.sandbox.web_api import ApiCall, WebApi

LARGEST_BODY = 4_000_000


@dataclass(frozen=True)
class Parts:
    """All that the application needs; `closing` is set when the sandbox stops."""

    workspace: Workspace
    sockets: SocketMode
    faults: Faults
    desk: Desk
    public_folder: Path
    closing: threading.Event
    replay: Replay | None
    calls: list[ApiCall] = field(default_factory=list)


def create_app(parts: Parts) -> Flask:
    """One application for one workspace."""
    app = Flask("bot.sandbox", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    # What a fault raises to end a connection goes through to the server, as does every bug.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.before_request(refuse_strangers)
    web_api = WebApi(parts.workspace, parts.faults, parts.closing, parts.calls)
    app.register_blueprint(web_api.blueprint())
    app.register_blueprint(control(parts.faults, parts.sockets))
    _sockets(app, parts)
    app.register_blueprint(public_page(parts.public_folder))
    return app


def _sockets(app: Flask, parts: Parts) -> None:
    """WebSockets: those of the app, and the page's, over which it hears of changes."""
    sock = Sock(app)
    browser = Browser(parts.workspace, parts.desk, parts.sockets, parts.closing, parts.replay)
    app.register_blueprint(browser.blueprint())

    @app.before_request
    def check_ticket() -> Response | None:
        if request.path != "/link/":
            return None
        ticket = request.args.get("ticket", "")
        good = parts.workspace.tickets.take_socket(ticket, parts.workspace.clock())
        return None if good else Response("invalid ticket", 403, mimetype="text/plain")

    @sock.route("/link/")  # type: ignore[untyped-decorator]
    def link(websocket: Server) -> None:
        parts.sockets.serve(websocket)

    @sock.route("/sandbox/live")  # type: ignore[untyped-decorator]
    def live(websocket: Server) -> None:
        browser.live(websocket)
