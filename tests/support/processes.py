"""The real program in processes of its own, talking to the sandbox as its Slack."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
DUCKROW = [sys.executable, "-m", "bot.cli"]
STOP_SECONDS = 20


def environment(folder: Path, slack: Sandbox, **more: str) -> dict[str, str]:
    """The settings of an installation in `folder`, reached in Socket Mode unless `more` says."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error::ResourceWarning",
        "PAGE_NAME": "Coursera",
        "PAGE_URL": f"{slack.url}/",
        "PAGE_ABOUT": "We watch our class sites, and write here when something is wrong.",
        "PAGE_TIME_ZONE": "America/Los_Angeles",
        "DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}",
        "PUBLISH_URL": (folder / "public").as_uri(),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "INCIDENT_CHANNELS": slack.workspace.channel("#incidents").id,
    } | more


def duckrow(folder: Path, env: dict[str, str], *words: str) -> str:
    """Run one command to its end and give what it printed. Raises when it fails."""
    done = subprocess.run(
        [*DUCKROW, *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running(
    argv: Sequence[str], folder: Path, env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is told to stop at the end, and must do so by itself, with status 0."""
    log = folder / "process.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            argv, cwd=folder, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        status = process.wait(STOP_SECONDS)
        assert status == 0, log.read_text()
    except BaseException:
        print(log.read_text())  # noqa: T201 -- pytest shows it with the failure
        raise
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
