"""Keeps other web sites out: a page somewhere must not be able to type into the local Slack."""

from urllib.parse import urlsplit

from flask import Response, request

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_strangers() -> Response | None:
    """For `before_request`: a Host that is no loopback name (DNS rebinding), a foreign Origin."""
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK_NAMES:
        return Response("The sandbox answers on loopback only.\n", 403, mimetype="text/plain")
    origin = request.headers.get("Origin")
    upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
    if origin is None or (request.method in READING and not upgrade):
        return None
    if origin != request.host_url.rstrip("/"):
        return Response("Not from another site.\n", 403, mimetype="text/plain")
    return None
