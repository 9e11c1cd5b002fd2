"""HTTP: two addresses, whole requests of a bounded size, and a server that ends in order."""

import http.client
import socket
import threading
import time

import httpx
import pytest

from bot.health import Ready
from bot.slack import receiver as receiving
from bot.slack.receiver import MAX_BODY, Reply
from bot.web import create_app, serve, serve_workers


class Receiver(receiving.Receiver):
    """Stands in for the real one; remembers what it was given."""

    def __init__(self, pause=0.0):
        self.bodies = []
        self.begun = 0
        self._pause = pause

    def receive(self, body, *, content_type, timestamp, signature):
        self.begun += 1
        time.sleep(self._pause)
        self.bodies.append((body, content_type, timestamp, signature))
        return Reply(200, '{"text": "Saved"}', {"content-type": "application/json"})


def well():
    return Ready({})


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def client(receiver):
    return create_app(receiver, well).test_client()


def test_the_raw_body_and_its_headers_reach_the_receiver(client, receiver):
    headers = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=1"}
    answer = client.post("/slack/events", data=b"a=%20&a=2", headers=headers)
    assert (answer.status_code, answer.json) == (200, {"text": "Saved"})
    assert receiver.bodies == [(b"a=%20&a=2", "", "1", "v0=1")]


def test_a_body_beyond_the_limit_is_413_and_read_by_nobody(client, receiver):
    assert client.post("/slack/events", data=b"x" * (MAX_BODY + 1)).status_code == 413
    assert receiver.bodies == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_other_methods_are_405(client, method):
    assert client.open("/slack/events", method=method).status_code == 405


@pytest.mark.parametrize("path", ["/", "/slack", "/slack/events/", "/static/x", "/healthz/"])
def test_other_paths_are_404(client, path):
    assert client.get(path).status_code == 404


def test_it_serves_over_a_real_socket_and_leaves_nothing_behind(receiver):
    before = threading.active_count()
    app = create_app(receiver, well)
    with serve(app, "127.0.0.1", 0) as server:
        assert httpx.get(f"http://127.0.0.1:{server.port}/healthz").json()["alive"]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port))
    assert threading.active_count() == before


def test_closing_waits_for_the_answers_under_way():
    slow = Receiver(pause=0.5)
    server = serve(create_app(slow, well), "127.0.0.1", 0)
    statuses = []

    def post():
        url = f"http://127.0.0.1:{server.port}/slack/events"
        statuses.append(httpx.post(url, content=b"x").status_code)

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    while slow.begun < 6:
        time.sleep(0.01)
    server.close()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6


def test_a_server_that_is_awake_when_it_is_told_to_stop_closes_nothing_too_early(monkeypatch):
    """Another thread, whose answer is ready, may wake it just then."""
    server = serve(create_app(Receiver(), well), "127.0.0.1", 0)
    trigger = server._server.trigger
    wake = trigger._physical_pull

    def wake_twice():
        wake()
        server._thread.join(0.2)
        wake()

    monkeypatch.setattr(trigger, "_physical_pull", wake_twice)
    server.close()
    assert not server._thread.is_alive()


def test_idle_connections_do_not_delay_the_end():
    server = serve(create_app(Receiver(), well), "127.0.0.1", 0)
    with httpx.Client() as keeping:
        keeping.get(f"http://127.0.0.1:{server.port}/healthz")
        half = socket.create_connection(("127.0.0.1", server.port))
        half.sendall(b"POST /slack/events HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        began = time.monotonic()
        server.close()
        assert time.monotonic() - began < 2
        half.close()


def test_two_lengths_at_once_reach_nobody(receiver):
    with serve(create_app(receiver, well), "127.0.0.1", 0) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.putrequest("POST", "/slack/events")
        connection.putheader("Content-Length", "5")
        connection.putheader("Transfer-Encoding", "identity, chunked")
        connection.endheaders(b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        status = connection.getresponse().status
        connection.close()
    assert status in {200, 400, 501}
    assert all(body == b"" for body, *_ in receiver.bodies)


def test_a_body_beyond_the_limit_is_413_over_the_wire_too(receiver):
    with serve(create_app(receiver, well), "127.0.0.1", 0) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.putrequest("POST", "/slack/events")
        connection.putheader("Content-Length", str(MAX_BODY + 1))
        connection.endheaders(b"x" * 10)
        assert connection.getresponse().status == 413
        connection.close()
    assert receiver.bodies == []


@pytest.fixture
def taken():
    """A port where somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_taken_port_is_an_os_error_and_leaves_no_thread(receiver, taken):
    before = threading.active_count()
    with pytest.raises(OSError, match="in use"):
        serve(create_app(receiver, well), "127.0.0.1", taken)
    with pytest.raises(OSError, match="in use"):
        serve_workers("tests.web.toy:make", "127.0.0.1", taken)
    assert threading.active_count() == before
