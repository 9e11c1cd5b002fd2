"""The Flask app that Slack reaches: three addresses, and no body ever logged."""

from collections.abc import Callable

from flask import Flask, Response, request

from bot.health import Ready
from bot.slack.receiver import MAX_BODY, Receiver
from bot.web.probes import add_probes


def create_app(receiver: Receiver, ready: Callable[[], Ready]) -> Flask:
    """POST /slack/events, GET /healthz and /readyz; anything else is 404 or 405."""
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

    add_probes(app, ready, reasons=False)  # it may be reached from anywhere
    return app
