"""Slack as the program knows it: what it was asked for it does soon, or never.

The program waits for as long as Slack may still carry out a call, and reads then what became of it.
Where these tests shorten that wait, a sandbox that stood still for a second or two would carry out
a post after that, and it would be there twice. So what waited too long comes to nothing.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from bot.sandbox import api
from bot.sandbox.api.call import Call
from bot.sandbox.faults.web import cut
from bot.sandbox.model.errors import Json

GIVES_UP = 1.5  # seconds; what comes late (_LATE in slack/) comes before
_LAST_DATA_RECEIVED = 52  # where the kernel's tcp_info has the milliseconds since then


@contextmanager
def carried_out_in_time(seconds: float = GIVES_UP) -> Iterator[None]:
    """While the block runs, what arrived so long ago is not carried out any more."""
    real = api.answer

    def answer(name: str, token: str | None, call: Call) -> Json:
        wire: socket.socket = request.environ["werkzeug.socket"]
        with call.workspace.lock:  # whoever reads waits until it is done
            if waited(wire) > seconds:
                cut(wire)
            return real(name, token, call)

    vars(api)["answer"] = answer
    try:
        yield
    finally:
        vars(api)["answer"] = real


def waited(wire: socket.socket) -> float:
    """Seconds since the last of it arrived, whether or not anybody has read it."""
    said = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED + 4)
    milliseconds: int = struct.unpack_from("I", said, _LAST_DATA_RECEIVED)[0]
    return milliseconds / 1000
