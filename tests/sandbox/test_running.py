"""The bot as a child, and the whole of it until it is told to stop."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from bot.sandbox import Sandbox, workspace_environment
from bot.sandbox.child import Child


def script(text):
    return [sys.executable, "-u", "-c", text]


@pytest.fixture
def child():
    """Starts children, and stops them."""
    started = []

    def start(text, **more):
        out = io.StringIO()
        new = Child(script(text), {"PATH": os.environ["PATH"], "DUCK": "quack"}, out=out, **more)
        started.append(new)
        new.start()
        return new, out

    yield start
    for each in started:
        each.stop()


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_the_bot_says_is_passed_on(child):
    _, out = child("import os, time; print(os.environ['DUCK']); time.sleep(60)")
    until(lambda: "quack\n" in out.getvalue())


def test_a_bot_that_ends_is_started_again(child):
    _, out = child("print('here')", pause=0.01)
    until(lambda: out.getvalue().count("here\n") >= 3)
    assert "The bot ended; starting it again in 0.01 s." in out.getvalue()


def test_a_bot_is_asked_to_stop(child):
    text = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit()))\n"
        "print('here'); time.sleep(60)"
    )
    bot, out = child(text)
    until(lambda: "here" in out.getvalue())
    bot.stop()
    assert "bye\n" in out.getvalue()
    assert "starting it again" not in out.getvalue()


def test_a_bot_that_does_not_want_to_stop_is_stopped(child):
    text = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('here')\n"
    bot, out = child(f"{text}time.sleep(60)", grace=0.2)
    until(lambda: "here" in out.getvalue())
    started = time.monotonic()
    bot.stop()
    assert time.monotonic() - started < 5


def test_stopped_before_it_started_it_never_starts(child):
    bot, out = child("print('here')", pause=60)
    until(lambda: "starting it again" in out.getvalue())
    bot.stop()
    assert out.getvalue().count("here") == 1


def test_the_environment_fits_the_way_the_bot_is_reached():
    with Sandbox() as slack:
        by_socket = workspace_environment(slack)
        slack.use_http("http://127.0.0.1:1/slack/events")
        by_http = workspace_environment(slack)
        assert by_socket["SLACK_API_URL"] == f"{slack.url}/api/"
    assert by_socket["SLACK_APP_TOKEN"].startswith("xapp-")
    assert "SLACK_SIGNING_SECRET" not in by_socket
    assert "SLACK_APP_TOKEN" not in by_http
    assert by_http["SLACK_SIGNING_SECRET"] == slack.signing_secret
    assert by_http["INCIDENT_CHANNELS"] == "C00000INC"


RUN = """
import sys
from pathlib import Path
from bot.sandbox import run
bot = "import os, time; print('with', os.environ['SLACK_API_URL'], os.environ['PORT'])"
run(int(sys.argv[1]), [sys.executable, "-u", "-c", bot + "; time.sleep(60)"], {"A": "b"},
    Path(sys.argv[2]), http=sys.argv[3] == "http")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("way", ["socket", "http"])
def test_it_runs_until_it_is_told_to_stop_and_leaves_nothing(free_port, tmp_path, number, way):
    argv = [*script(RUN), str(free_port), str(tmp_path), way]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = "".join(process.stderr.readline() for _ in range(4))
        assert f"Slack:  http://127.0.0.1:{free_port}/sandbox/" in said
        assert f"with http://127.0.0.1:{free_port}/api/" in said
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/sandbox/") as page:
            assert page.status == 200
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_a_taken_port_is_an_error():
    with Sandbox() as slack:
        port = int(slack.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=port).start()


def test_starting_is_quick_and_stopping_leaves_no_thread():
    before = set(threading.enumerate())
    started = time.monotonic()
    with Sandbox():
        assert time.monotonic() - started < 3
    assert set(threading.enumerate()) <= before
