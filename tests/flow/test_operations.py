"""What the real processes say of themselves before, during and after real faults."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.support.monitoring import Fill, Monitor
from tests.support.processes import DUCKROW, environment, running
from tests.support.tools import unused_port

pytestmark = pytest.mark.timeout(400)  # each fault has to be noticed, and its end

# Small file systems of its own for the ledger and the page, gone with the process.
APART = ["unshare", "-m", "sh", "-c"]
MOUNT = "mount -t tmpfs -o size={} tmpfs {} && "
RUN = 'exec "$@"'
LOCK = """
import sqlite3, sys
ledger = sqlite3.connect(sys.argv[1], isolation_level=None)
ledger.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def env(tmp_path, slack):
    """One process, SQLite, Socket Mode, and a monitoring port."""
    return environment(tmp_path, slack, MONITOR_PORT=str(unused_port()))


@pytest.fixture
def small_disks(tmp_path, env):
    """`duckrow run` on two small disks that only it sees: its monitor, and the process itself."""
    for name in ("disk", "public"):
        (tmp_path / name).mkdir(exist_ok=True)
    env |= {"DATABASE_URL": f"sqlite:///{tmp_path / 'disk/ledger.db'}"}
    mounts = MOUNT.format("4m", "disk") + MOUNT.format("4m", "public")
    with running([*APART, f"{mounts}{RUN}", "sh", *DUCKROW, "run"], tmp_path, env) as process:
        monitor = Monitor(int(env["MONITOR_PORT"]))
        monitor.wait_for_ready()
        yield monitor, process


def test_one_process_tells_of_full_disks_a_locked_ledger_and_a_slack_that_is_away(
    tmp_path, small_disks, slack: Sandbox
):
    monitor, process = small_disks
    disks = f"/proc/{process.pid}/root{tmp_path}"
    slack.wait_for(lambda: slack.called("users.list"), seconds=30)
    assert monitor.metric("duckrow_turn_held") == 1
    assert monitor.metric("duckrow_slack_connections") == 2

    with Fill(f"{disks}/disk"):
        monitor.wait_for_trouble("ledger", "disk is full")
        assert monitor.alive()
        assert monitor.metric("duckrow_ready", check="ledger") == 0
    monitor.wait_for_ready()

    away = Path(f"{disks}/disk/ledger.db").rename(f"{disks}/disk/away.db")
    monitor.wait(lambda one: one.metric("duckrow_step_failures_total", step="take_the_turn"))
    away.rename(f"{disks}/disk/ledger.db")
    monitor.wait_for_ready()

    _tells_of_a_page_that_cannot_be_written(monitor, slack, f"{disks}/public")

    with _locked(process, str(tmp_path / "disk/ledger.db")):
        monitor.wait_for_trouble("ledger", "locked")
        assert monitor.alive()
        refused = slack.say("ana", "#incidents", "/incident open Lost | Nobody writes now.")
        assert refused
        assert refused.text.startswith("Not saved: the database does not answer")
        refusals = {"command": "open", "outcome": "unavailable"}
        assert monitor.metric("duckrow_commands_total", **refusals) == 1
    monitor.wait_for_ready()

    with slack.down():
        monitor.wait_for_trouble("slack", "Error")
        assert monitor.wrong().keys() == {"slack"}
        assert monitor.alive()
    monitor.wait_for_ready()


def _tells_of_a_page_that_cannot_be_written(monitor, slack, folder):
    with Fill(folder):
        text = "We see errors. " * 50
        saved = slack.say("ana", "#incidents", f"/incident open Site Outage | {text}")
        assert saved
        assert saved.text.startswith("Saved as #1")
        monitor.wait(lambda one: one.metric("duckrow_target_behind_seconds"))
        assert monitor.metric("duckrow_ledger_revision") == 2
        assert monitor.metric("duckrow_step_failures_total")
        assert monitor.alive()
    monitor.wait(lambda one: one.metric("duckrow_target_behind_seconds") == 0)
    assert monitor.metric("duckrow_target_revision") == 2


@contextmanager
def _locked(process, file):
    """Another program, which sees the same disks, has the ledger to itself."""
    inside = ["nsenter", "-t", str(process.pid), "-m", sys.executable, "-c", LOCK, file]
    with subprocess.Popen(inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"locked\n"
        yield
        other.communicate()


@pytest.fixture
def ports():
    """Of the monitors of web and worker."""
    return unused_port(), unused_port()


def test_processes_apart_tell_of_a_dead_worker_and_of_a_frozen_database(
    tmp_path, slack, http_env, ports, postgres_server
):
    web, worker = (Monitor(port) for port in ports)
    envs = [http_env | {"MONITOR_PORT": str(port)} for port in ports]
    with running([*DUCKROW, "web"], tmp_path, envs[0]):
        with _killed([*DUCKROW, "worker"], tmp_path, envs[1]):
            web.wait_for_ready()
            worker.wait_for_ready()
            assert (worker.metric("duckrow_turn_held"), web.metric("duckrow_turn_held")) == (1, 0)
            assert web.metric("duckrow_slack_connections") is None
        assert worker.wrong() == {"process": "nobody listens"}
        slack.wait_for(lambda: slack.called("users.list"), seconds=30)
        assert slack.say("ana", "#incidents", "/incident open Outage | Who publishes?").text
        web.wait(lambda one: one.metric("duckrow_target_behind_seconds"))
        assert web.metric("duckrow_slack_untold_updates") == 1
        with running([*DUCKROW, "worker"], tmp_path, envs[1]):
            worker.wait(lambda one: one.metric("duckrow_turn_held") == 1)
            web.wait(lambda one: one.metric("duckrow_target_behind_seconds") == 0)
            web.wait(lambda one: one.metric("duckrow_slack_untold_updates") == 0)
            with _frozen(postgres_server):
                for monitor in (web, worker):
                    monitor.wait(lambda one: "ledger" in one.wrong())
                    assert monitor.alive()
                worker.wait(lambda one: one.metric("duckrow_turn_held") == 0)
            for monitor in (web, worker):
                monitor.wait_for_ready()


@contextmanager
def _killed(argv, folder, env):
    """Runs until it is killed at the end."""
    with suppress(AssertionError), running(argv, folder, env) as process:
        try:
            yield
        finally:
            process.kill()


@contextmanager
def _frozen(server):
    """The whole server stands still, its sockets open."""
    query = "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int"
    (postmaster,) = server.admin.execute(query).fetchone()
    backends = server.admin.execute("SELECT pid FROM pg_stat_activity").fetchall()
    stopped = [postmaster, *(pid for (pid,) in backends)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
