"""Inside of the fork server: what is imported once, and what a forked child does."""

import ctypes
import gc
import importlib
import io
import os
import signal
import tempfile
from contextlib import closing, redirect_stdout, suppress
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

import granian.server  # noqa: F401 -- like the next two, what the program imports late
import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401

import bot.app
import bot.loop
import bot.monitoring
import bot.processes
from bot.cli import main
from bot.slack.announcer import Announcer, trouble
from bot.slack.client import Client
from bot.slack.reception import Reception
from storage.database import Database

_PR_SET_PDEATHSIG = 1

TIMEOUT = 1.0  # seconds that a post may take, of the program's ten
# Longer than that, as in the program, and than Slack takes (GIVES_UP in in_time.py), with room for
# whoever stands still just before sending.
SETTLE = timedelta(seconds=4)
PACE = timedelta(milliseconds=20)
TICK = 0.1
LOOK = 1.0  # seconds between two looks at whether all is in order


def warm_up() -> None:
    """Import, compile and cache what every child needs, by carrying out one small life."""
    with tempfile.TemporaryDirectory() as folder:
        for words in ("components add www Home", "incident open www=down Title | First words."):
            _carry_out(words, folder)
        with closing(Database(f"sqlite:///{folder}/ledger.db")) as database:
            Reception(
                database,
                token="",
                api_url="http://127.0.0.1/",
                channels=(),
                now=bot.app.now,
                wake=lambda: None,
            ).close()
    gc.collect()
    gc.freeze()  # what is shared stays shared


def _carry_out(words: str, folder: str) -> None:
    before = dict(os.environ)
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
        "PUBLISH_URL": f"{folder}/public",
        "INCIDENT_CHANNELS": "C0",
    }
    with suppress(SystemExit), redirect_stdout(io.StringIO()):
        main(words.split(), prog_name="duckrow")
    os.environ.clear()
    os.environ |= before


def live(launch: Any) -> NoReturn:
    """Become what was asked for."""
    _move_in(launch)
    for path, arguments in launch.setups:
        resolve(path)(**arguments)
    main(list(launch.argv), prog_name="duckrow")
    raise SystemExit(0)


def resolve(path: str) -> Any:
    """What "package.module:Some.name" names."""
    module, _, name = path.partition(":")
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def brisk() -> None:
    """Shorten the waits that only the real Slack needs, all in the same proportion."""
    shortened = partial(Announcer, settle=SETTLE, pace=PACE)
    vars(bot.processes)["Announcer"] = shortened
    vars(trouble).update(STEADY=timedelta(seconds=1), _PAUSE=timedelta(seconds=3))
    bot.loop.TICK = TICK  # or each wait would last until the next second
    vars(bot.monitoring).update(_LEDGER_EVERY=LOOK, _SLACK_EVERY=LOOK)
    assert Client.call.__kwdefaults__
    Client.call.__kwdefaults__["within"] = TIMEOUT


def _move_in(launch: Any) -> None:
    with suppress(PermissionError):
        os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.chdir(launch.folder)
    log = os.open(launch.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ |= launch.env
