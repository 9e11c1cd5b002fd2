"""A server that answers with exactly the bytes it is given, and counts what it was asked."""

import re
import socket
import struct
import threading
import time
from contextlib import contextmanager

DRIBBLES = 30.0  # seconds at least, where anybody listens for as long
_BETWEEN = 0.02


class RawServer:
    """Answers each connection's first request by calling `behave(connection)`."""

    def __init__(self, behave):
        self.requests = []
        self._behave = behave
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        socket.create_connection(self._listening.getsockname()).close()
        self._thread.join()
        self._listening.close()

    def _serve(self):
        while True:
            connection, _ = self._listening.accept()
            with connection:
                if self._stopping.is_set():
                    return
                self.requests.append(_request(connection))
                self._behave(connection)


def _request(connection):
    """Head and body, as far as they come."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if length and len(body) >= int(length[1]):
            break
    return received


def answering(head, body=b"", headers=""):
    """Behaviour: one whole answer."""

    def behave(connection):
        connection.sendall(
            f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
            f"{headers}\r\n".encode()
            + body
        )

    return behave


def cutting(connection):
    """Behaviour: the connection closes without a word."""


def resetting(connection):
    """Behaviour: the connection is reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def truncating(connection):
    """Behaviour: half a body."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ok": tr')


def dribbling(connection):
    """Behaviour: one byte at a time, for as long as anybody listens."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * int(DRIBBLES / _BETWEEN):
        try:
            connection.sendall(bytes([byte]))
        except OSError:
            return
        time.sleep(_BETWEEN)


def hanging(connection):
    """Behaviour: silence until the other side gives up."""
    connection.settimeout(60)
    connection.recv(1)


@contextmanager
def nobody():
    """The address of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield f"http://127.0.0.1:{port}/"
