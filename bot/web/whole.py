"""Requests get a thread only once they are all here.

granian hands a WSGI app a body that is still on its way, and a thread waits for it: as many slow
senders as there are threads would hold the whole process. So it serves this ASGI app, in which
waiting costs no thread and ends.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.wrappers import Response

from bot.slack.receiver import MAX_BODY

THREADS = 8  # as many commands wait for the ledger at once; its pool is as large
WITHIN = 10  # seconds for one request to arrive; Slack itself waits three for the answer

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_BAD, _TIMED_OUT, _TOO_LARGE = 400, 408, 413


def load(target: str) -> "Whole":
    """The app that a `module:factory` makes, for granian's processes."""
    module, _, factory = target.partition(":")
    return Whole(getattr(import_module(module), factory)())


class Whole:
    """An ASGI app around a WSGI app."""

    def __init__(self, app: Flask, within: float = WITHIN) -> None:
        self._app = app
        self._within = within
        self._threads = ThreadPoolExecutor(THREADS, "http")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            body = await asyncio.wait_for(_body(scope, receive), self._within)
        except TimeoutError:
            await _answer(send, _hanging_up(_TIMED_OUT))
        except _TooMuch:
            await _answer(send, _hanging_up(_TOO_LARGE))
        except ConnectionResetError:  # or what came is no HTTP: granian says the same of both
            await _answer(send, _hanging_up(_BAD))
        else:
            await _answer(send, await self._carried_out(scope, body))

    async def _carried_out(self, scope: Message, body: bytes) -> Response:
        def carry_out() -> Response:
            return Response.from_app(self._app, environ(scope, body), buffered=True)

        return await asyncio.get_running_loop().run_in_executor(self._threads, carry_out)


class _TooMuch(Exception):  # noqa: N818 -- it never leaves this file
    """The body is larger than anything Slack sends."""


async def _body(scope: Message, receive: Receive) -> bytes:
    """All of it; raises _TooMuch as soon as it is known to be, and ConnectionResetError."""
    body = bytearray()
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    more = True
    while more:
        if max(len(body), int(declared)) > MAX_BODY:
            raise _TooMuch
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def _hanging_up(status: int) -> Response:
    return Response(status=status, headers={"Connection": "close"})


async def _answer(send: Send, response: Response) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
    ]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.get_data()})


def environ(scope: Message, body: bytes) -> dict[str, Any]:
    """A request as PEP 3333 has it; of a header that came twice both values, joined."""
    host, port = scope.get("server") or ("", 0)
    return {
        **_headers(scope["headers"]),
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.decode("latin-1").upper()
        if "_" in key:  # it would pose as the one with a hyphen
            continue
        key = key.replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        said = value.decode("latin-1")
        found[key] = f"{found[key]},{said}" if key in found else said
    return found
