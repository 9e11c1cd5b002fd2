"""Ten thousand requests that Slack did not send: no row, no failure, over real HTTP."""

import http.client
import os
import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlencode

import pytest

from bot.slack.receiver import MAX_BODY
from tests.security.mutations import SIGNED, TAMPERED, Sent, signed

COUNT = int(os.environ.get("REQUESTS", "5000"))  # to each of the two servers
SEED = 20130222
FORGED = "open www=down Forged {} | Nobody who may say so said this."
TURNED_AWAY = {400, 401, 404, 405, 408, 411, 413, 414, 431, 501, 505}


class Wire:
    """One connection, kept while the other side keeps it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def send(self, sent: Sent) -> int:
        """The answer's status."""
        for last in (False, True):
            try:
                return self._exchange(sent)
            except (http.client.RemoteDisconnected, ConnectionError):  # it was closed meanwhile
                self._connection.close()
                if last:
                    raise
        raise AssertionError

    def close(self) -> None:
        self._connection.close()

    def _exchange(self, sent: Sent) -> int:
        wire = self._connection
        wire.putrequest(sent.method, sent.path, skip_accept_encoding=True)
        for name, value in sent.headers.items():
            wire.putheader(name, value)
        wire.putheader("Content-Length", str(len(sent.body)))
        wire.endheaders(sent.body)
        answer = wire.getresponse()
        answer.read()
        return answer.status


def mutated(reached, count: int) -> Iterator[tuple[str, Sent]]:
    """That many, half of them signed with the secret; the same ones in every run."""
    dice, secret = random.Random(SEED), reached.slack.signing_secret
    for number in range(count):
        mutation = dice.choice(dice.choice((TAMPERED, SIGNED)))
        fields = reached.command(FORGED.format(number), f"{number}.{dice.getrandbits(64)}.forged")
        yield mutation.__name__, mutation(dice, secret, fields)


@pytest.mark.timeout(300)
def test_mutated_requests_leave_no_row_and_break_nothing(reached):
    seen: Counter[tuple[str, int]] = Counter()
    with reached.no_new_rows(), closing(Wire(reached.port)) as wire:
        for name, sent in mutated(reached, COUNT):
            seen[name, wire.send(sent)] += 1
    statuses = {status for _, status in seen}
    assert statuses <= TURNED_AWAY | {200}, seen
    tampered = {mutation.__name__ for mutation in TAMPERED}
    assert {status for name, status in seen if name in tampered} == {401}, seen
    log = reached.log()  # the words of the listener, of Flask and of granian for a bug
    assert not re.search("could not be handled|Exception on|Application callable raised", log), log


def test_what_was_accepted_once_is_not_accepted_again(reached):
    secret = reached.slack.signing_secret
    fields = reached.command("open Once | It happened once.", f"{random.random()}.replayed")
    good = signed(secret, _form(fields))
    with closing(Wire(reached.port)) as wire:
        assert wire.send(good) == 200
        with reached.no_new_rows():
            assert {wire.send(good) for _ in range(100)} == {200}
            for number in range(100):  # the same delivery, saying something else
                other = fields | {"text": FORGED.format(f"again {number}")}
                assert wire.send(signed(secret, _form(other))) == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
def test_only_a_post_is_listened_to(reached, method):
    fields = reached.command(FORGED.format(method), f"{random.random()}.method")
    sent = signed(reached.slack.signing_secret, _form(fields))
    with reached.no_new_rows(), closing(Wire(reached.port)) as wire:
        other = Sent(sent.body, sent.headers, method=method)
        assert wire.send(other) in {400, 404, 405, 501}


CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED = b"GET /healthz?smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        CHUNKED + b"Content-Length: 6\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Content-Length: 6\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED,
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Content-Length: 5, 6\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Content-Length: +5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Content-Length: -1\r\n\r\n" + SMUGGLED,
        b"Content-Length: 0x5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding: identity, chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        CHUNKED + b"\r\n-1\r\n\r\n" + SMUGGLED,
        CHUNKED + b"\r\nffffffffffffffffffff\r\n" + SMUGGLED,
        CHUNKED + b"\r\n5;" + b"x" * 100_000 + b"\r\nabcde\r\n0\r\n\r\n",
        b"X-Nul: a\0b\r\nContent-Length: 0\r\n\r\n",
        b"Content-Length: 0\r\n" + b"X: " + b"y" * 600_000 + b"\r\n\r\n",
    ],
)
def test_lengths_that_two_readers_would_read_differently_reach_nobody(reached, raw):
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
    with reached.no_new_rows(), socket.create_connection(("127.0.0.1", reached.port)) as wire:
        wire.settimeout(20)
        answer = _all_of(wire, head + raw)
    assert answer.count(b"HTTP/1.1 200") <= 1  # a smuggled one is at most a plain one behind it
    assert b"HTTP/1.1 500" not in answer
    assert b"Traceback" not in answer


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_is_turned_away_unheard(reached, chunked):
    """Signed, so that only its size speaks against it; what is not read cannot be hashed."""
    fields = reached.command(FORGED.format("large"), f"{random.random()}.large")
    body = _form(fields | {"pad": "x" * MAX_BODY})
    sent = signed(reached.slack.signing_secret, body)
    with reached.no_new_rows(), socket.create_connection(("127.0.0.1", reached.port)) as wire:
        wire.settimeout(20)
        head = "".join(f"{name}: {value!s}\r\n" for name, value in sent.headers.items())
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
        lines = f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{head}{length}\r\n\r\n"
        wire.sendall(lines.encode())
        if chunked:  # and not a byte more: what nobody reads would make it a reset
            wire.sendall(b"%x\r\n%b" % (len(body), body[: MAX_BODY + 1]))
        answer = wire.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413"), answer[:100]


def _all_of(wire: socket.socket, request: bytes) -> bytes:
    """Everything that is answered until the other side hangs up, or says nothing more."""
    answer = b""
    try:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        while piece := wire.recv(65536):
            answer += piece
    except OSError:  # it hung up already
        pass
    return answer


def _form(fields) -> bytes:
    return urlencode(fields).encode()
