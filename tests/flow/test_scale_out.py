"""Two machines, each with the Procfile's web and worker under honcho, and one PostgreSQL."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.processes import ROOT
from tests.support.reading import page, told
from tests.support.tools import unused_port

HONCHO = [sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"), "start"]


class Machine:
    """What honcho starts, on a port of its own. When one process dies, honcho ends the others."""

    def __init__(self, name, folder, env):
        self.port = unused_port()
        self.folder, self.env = folder, env | {"PORT": str(self.port)}
        self.log = folder / f"{name}.log"
        self.honcho: subprocess.Popen[bytes] | None = None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/slack/events"

    def start(self, *processes):
        with self.log.open("a") as output:
            self.honcho = subprocess.Popen(
                [*HONCHO, *processes],
                cwd=self.folder,
                env=self.env,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self, what=""):
        """SIGKILL to the processes of that name, or to all of them, honcho first."""
        assert self.honcho
        family = _family(self.honcho.pid)
        for pid in family if not what else [one for one in family[1:] if what in _command(one)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return self.honcho.wait(30)

    def stop(self):
        """In good order; what does not end by itself is killed."""
        if self.honcho and self.honcho.poll() is None:
            self.honcho.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.honcho.wait(30)
            self.kill()


def _family(pid):
    """A process and all that descend from it."""
    with suppress(FileNotFoundError, ProcessLookupError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(each for child in children for each in _family(int(child)))]
    return []


def _command(pid):
    with suppress(FileNotFoundError, ProcessLookupError):
        return " ".join(Path(f"/proc/{pid}/cmdline").read_text().split("\0"))
    return ""


@pytest.fixture
def machines(tmp_path, slack, http_env):
    made = [Machine(name, tmp_path, http_env) for name in ("one", "other")]
    try:
        yield made
    except BaseException:
        for machine in made:
            print(machine.log.read_text())  # noqa: T201 -- pytest shows it with the failure
        raise
    finally:
        for machine in made:
            machine.stop()


@contextmanager
def _up(slack, *machines):
    for machine in machines:
        machine.start("web", "worker")
    for machine in machines:
        slack.wait_for(lambda at=machine: _knows_slack(slack, at), seconds=60)
    yield


def _knows_slack(slack, machine):
    """Its web process takes commands, and knows who may."""
    slack.use_http(machine.address)
    with suppress(OSError):
        reply = slack.say("ana", "#incidents", "/incident list")
        return reply is not None and "No incident" in reply.text
    return False


def _say(slack, machine, person, line):
    slack.use_http(machine.address)
    return slack.say(person, "#incidents", line).text


def test_any_machine_may_be_lost_and_any_process(slack, machines):
    one, other = machines
    one.start("release")
    assert one.honcho.wait(60) == 0
    with _up(slack, one, other):
        said = _say(slack, one, "ana", "/incident open www=down Site Outage | Seen by one.")
        assert said.startswith("Saved as #1, update 1")
        assert _say(slack, other, "ben", "/incident update Seen by the other.").startswith("Saved")
        _shows(slack, "Seen by one.", "Seen by the other.")
        slack.wait_for(lambda: told(slack, "ben", "#1, update 2 is live on"), seconds=60)

        one.kill()
        assert _say(slack, other, "ben", "/incident update One is gone.").startswith("Saved")
        _shows(slack, "One is gone.")

        one.start("web", "worker")
        other.kill("duckrow worker")
        slack.wait_for(lambda: _saves(slack, one, "Other is gone."), seconds=60)
        _shows(slack, "Other is gone.")
        _is_told_once(slack, 4)


def _saves(slack, machine, words):
    with suppress(OSError, AttributeError):
        reply = _say(slack, machine, "ana", f"/incident update {words}")
        return reply.startswith(("Saved", "Already saved"))
    return False


def _shows(slack, *words):
    for each in words:
        slack.wait_for(lambda each=each: each in page(slack), seconds=60)


def _is_told_once(slack, updates):
    (root,) = slack.wait_for(lambda: slack.messages("#incidents"), seconds=30)
    slack.wait_for(lambda: len(slack.thread("#incidents", root)) >= updates, seconds=60)
    assert len(slack.thread("#incidents", root)) == updates
