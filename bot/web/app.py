"""The Flask app: two addresses, and no body ever logged."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, jsonify, request

from bot.slack.receiver import MAX_BODY, Receiver


def create_app(receiver: Receiver, health: Callable[[], Mapping[str, Any]]) -> Flask:
    """POST /slack/events and GET /healthz; anything else is 404 or 405."""
    app = Flask("duckrow", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False

    @app.post("/slack/events")
    def slack_events() -> Response:
        reply = receiver.receive(
            request.get_data(cache=False),
            content_type=request.headers.get("Content-Type", ""),
            timestamp=request.headers.get("X-Slack-Request-Timestamp", ""),
            signature=request.headers.get("X-Slack-Signature", ""),
        )
        return Response(reply.body, reply.status, dict(reply.headers))

    @app.get("/healthz")
    def healthz() -> Response:
        answer = jsonify(dict(health()))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return app
