"""/healthz and /readyz: asking costs nothing and waits for nobody."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, jsonify

from bot.health import VERSION, Ready


def add_probes(app: Flask, ready: Callable[[], Ready], *, reasons: bool) -> None:
    """/healthz is 200 while the process lives, /readyz is 503 unless all is in order."""

    @app.get("/healthz")
    def healthz() -> Response:
        return _fresh({"alive": True, "version": VERSION})

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = ready()
        return _fresh(found.to_json(reasons=reasons)), 200 if found.ok else 503


def _fresh(said: Mapping[str, Any]) -> Response:
    answer = jsonify(said)
    answer.headers["Cache-Control"] = "no-store"
    return answer
