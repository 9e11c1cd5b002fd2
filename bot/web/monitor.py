"""The monitoring port: what only those who run it may read."""

from collections.abc import Callable

from flask import Flask, Response

from bot.health import Ready
from bot.web.probes import add_probes

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def create_monitor(ready: Callable[[], Ready], scrape: Callable[[], bytes]) -> Flask:
    """GET /healthz, /readyz with its reasons, and /metrics."""
    app = Flask("duckrow-monitor", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    add_probes(app, ready, reasons=True)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(scrape(), content_type=PROMETHEUS)

    return app
