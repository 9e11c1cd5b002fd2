"""The Flask app: two addresses, and no body ever logged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request

from bot.slack.receiver import MAX_BODY, Receiver


@dataclass(frozen=True)
class Health:
    """Whether this process can do its work, and what is known of its parts."""

    ok: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


def create_app(receiver: Receiver, health: Callable[[], Health]) -> Flask:
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
    def healthz() -> tuple[Response, int]:
        found = health()
        answer = jsonify(ok=found.ok, **found.facts)
        answer.headers["Cache-Control"] = "no-store"
        return answer, 200 if found.ok else 503

    return app
