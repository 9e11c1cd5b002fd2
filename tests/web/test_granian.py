"""granian serves an app by the name of its factory, and ends when it is told to."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
SERVE = "from bot.web import serve_workers; serve_workers('tests.web.toy:make', '127.0.0.1', {})"


def test_it_serves_the_factorys_app_and_ends_on_sigterm(free_port):
    command = [sys.executable, "-c", SERVE.format(free_port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as server:
        try:
            assert _healthy(f"http://127.0.0.1:{free_port}/healthz") == {"ok": True}
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=15) == 0


def _healthy(url):
    deadline = time.monotonic() + 20
    while True:
        try:
            return httpx.get(url).json()
        except httpx.TransportError:
            assert time.monotonic() < deadline, "it does not answer"
            time.sleep(0.1)
