"""Faults by HTTP: for whoever drives the sandbox from outside of its process.

POST   /sandbox/control/faults       {"where": "chat.*", "kind": "close", "times": 2, …}
DELETE /sandbox/control/faults
POST   /sandbox/control/connections  {"how": "black_hole", "index": 0}
"""

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from bot.sandbox.faults import SOCKET_FAULTS, Faults
from bot.sandbox.faults.sockets import cut
from bot.sandbox.inbound.socket_mode import SocketMode


def control(faults: Faults, sockets: SocketMode) -> Blueprint:
    """The routes."""
    routes = Blueprint("control", __name__, url_prefix="/sandbox/control")

    @routes.post("/faults")
    def add() -> Response:
        given = dict(request.get_json())
        try:
            faults.add(given.pop("where"), given.pop("kind"), **given)
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest(str(error)) from error
        return jsonify(ok=True)

    @routes.delete("/faults")
    def clear() -> Response:
        faults.clear()
        return jsonify(ok=True)

    @routes.post("/connections")
    def connections() -> Response:
        given = request.get_json()
        how, index = given.get("how"), given.get("index", 0)
        if how not in SOCKET_FAULTS or not 0 <= index < len(sockets.connections):
            raise BadRequest(f"There are {', '.join(SOCKET_FAULTS)}.")
        cut(sockets, how, index)
        return jsonify(ok=True)

    return routes
