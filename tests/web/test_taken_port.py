"""A port where somebody listens already: said in two lines, whichever process wanted it."""

import socket
import subprocess
import threading
from contextlib import contextmanager

import httpx
import pytest

from bot.sandbox import Sandbox
from bot.web import ensure_free
from tests.support.processes import DUCKROW, environment
from tests.support.tools import unused_port


@pytest.mark.parametrize(
    ("process", "setting"),
    [
        ("run", "PORT"),
        ("web", "PORT"),
        ("run", "MONITOR_PORT"),
        ("web", "MONITOR_PORT"),
        ("worker", "MONITOR_PORT"),
    ],
)
def test_the_process_ends_with_the_port_and_a_remedy(tmp_path, process, setting):
    with Sandbox() as slack, socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": slack.signing_secret}
        free = {"PORT": str(unused_port()), "HOST": "127.0.0.1"}
        env = environment(tmp_path, slack, **http) | free | {setting: str(port)}
        done = subprocess.run(
            [*DUCKROW, process], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.endswith(
        f"port {port} of 127.0.0.1 is taken.\nSet {setting}, or stop what listens there.\n"
    )
    assert "Traceback" not in done.stderr


@contextmanager
def asking(port):
    """Somebody asks there over and over; every answer that they got."""
    heard, over = [], threading.Event()

    def ask():
        while not over.is_set():
            try:
                heard.append(httpx.get(f"http://127.0.0.1:{port}/readyz"))
            except httpx.TransportError:
                continue

    thread = threading.Thread(target=ask)
    thread.start()
    yield heard
    over.set()
    thread.join()


def test_whoever_asks_while_a_port_is_tried_is_told_nothing(free_port):
    with asking(free_port) as heard:
        for _ in range(200):
            ensure_free("127.0.0.1", free_port)
    assert heard == []
