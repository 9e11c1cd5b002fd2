"""The Web API over HTTP: /api/<method> and the response URLs under /hooks/."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sandbox import api
from bot.sandbox.api.call import METHODS, Call
from bot.sandbox.faults import WEB_FAULTS, Faults
from bot.sandbox.faults.web import Victim
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.rates import RateLimited
from bot.sandbox.model.workspace import Workspace
from bot.sandbox.replies import reply


@dataclass(frozen=True)
class ApiCall:
    """A call as it arrived, for tests that ask what the app did."""

    method: str
    arguments: Json
    at: float


@dataclass(frozen=True)
class WebApi:
    """Answers for one workspace; `calls` collects every call that arrived."""

    workspace: Workspace
    faults: Faults
    closing: threading.Event
    calls: list[ApiCall]

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("slack", __name__)
        routes.post("/api/<name>")(self.answer)
        routes.get("/api/<name>.<more>")(lambda name, more: self.answer(f"{name}.{more}"))
        routes.post("/hooks/<path:path>")(self.hook)
        return routes

    def answer(self, name: str) -> Response:
        """One call, with the fault that happens to it."""
        token, arguments = _token(), _arguments()
        call = Call(self.workspace, arguments, request.host_url.rstrip("/"))
        self.calls.append(ApiCall(name, arguments, self.workspace.clock()))
        return self._perhaps_faulty(name, lambda: self._run(name, token, call))

    def _perhaps_faulty(self, where: str, run: Callable[[], Response]) -> Response:
        fault = self.faults.take(where, WEB_FAULTS)
        if fault is None:
            return run()
        request.get_data()  # unread, it would make the kernel reset what is to end in good order
        wire: socket.socket = request.environ["werkzeug.socket"]
        victim = Victim(run, wire, self.closing, fault.options, self.workspace.clock())
        return WEB_FAULTS[fault.kind](victim)

    def _run(self, name: str, token: str | None, call: Call) -> Response:
        response = _answered(name, token, call)
        if name in METHODS and token == self.workspace.app.bot_token:
            response.headers["x-oauth-scopes"] = ",".join(self.workspace.app.scopes)
            response.headers["x-accepted-oauth-scopes"] = ",".join(METHODS[name].scopes)
        return response

    def hook(self, path: str) -> Response:
        """A response_url."""
        return self._perhaps_faulty("response_url", lambda: self._reply(path))

    def _reply(self, path: str) -> Response:
        try:
            reply(self.workspace, path, request.get_json(silent=True))
        except SlackError as error:
            if error.error in {"used_url", "expired_url"}:
                return Response(error.error, 404, mimetype="text/plain")
            response: Response = jsonify(error.answer())
            response.status_code = 400  # (?) Slack documents the words and not the status
            return response
        return Response("ok", mimetype="text/plain")


def _answered(name: str, token: str | None, call: Call) -> Response:
    try:
        return jsonify(api.answer(name, token, call))
    except RateLimited as limited:
        response: Response = jsonify(limited.answer())
        response.status_code = 429
        response.headers["Retry-After"] = str(limited.seconds)
        return response
    except SlackError as error:
        return jsonify(error.answer())


def _token() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else request.values.get("token")


def _arguments() -> Json:
    arguments: dict[str, Any] = dict(request.args) | dict(request.form)
    body = request.get_json(silent=True)
    return arguments | body if isinstance(body, dict) else arguments
