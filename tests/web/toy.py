"""The smallest app that granian can serve, for a test of how it is started and stopped."""

from flask import Flask


def make() -> Flask:
    """A WSGI app, made in each of granian's processes."""
    app = Flask("toy", static_folder=None)
    app.get("/healthz")(lambda: {"ok": True})
    return app
