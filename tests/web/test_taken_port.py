"""A port where somebody listens already: said in two lines, whichever process wanted it."""

import socket
import subprocess

import pytest

from bot.sandbox import Sandbox
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
