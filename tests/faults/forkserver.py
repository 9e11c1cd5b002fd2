"""A process that has imported the whole program once, and forks it on request.

A restart then costs some milliseconds where importing costs a second. What the child runs is the
command line itself, `duckrow run` and the rest, in a process group, folder and environment of its
own.

    with ForkServer() as server:
        child = server.start(Launch(("run",), folder, env))
        child.kill()

`prefix` and `env` begin the server itself in other surroundings: `unshare -m`, `faketime`. Nothing
of it is left when the process that made it ends, however it ends.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 20


@dataclass(frozen=True)
class Launch:
    """What a child is to run, and what is done to it before."""

    argv: tuple[str, ...]  # of `duckrow`
    folder: str
    env: Mapping[str, str] = field(default_factory=dict)
    log: str = "process.log"  # in the folder
    # Called in the child first: ("tests.faults.points:arm", {"point": …}).
    setups: tuple[tuple[str, Mapping[str, Any]], ...] = ()


class Child:
    """A forked process and whatever it forked: one process group, which dies together."""

    def __init__(self, server: "ForkServer", pid: int, launch: Launch) -> None:
        self.pid, self.launch = pid, launch
        self._server = server
        self._end = os.pidfd_open(pid)  # never another's: only `reap` lets the number go
        self.status: int | None = None

    @property
    def alive(self) -> bool:
        return self.status is None and not self._ended(0)

    def wait(self, seconds: float = STOP_SECONDS) -> bool:
        """True once it has ended; `status` says how, as a shell would."""
        if self.status is None and self._ended(seconds):
            self._reap()
        return self.status is not None

    def kill(self) -> None:
        """SIGKILL to all of it."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        """SIGTERM, and SIGKILL to what does not heed it; the status."""
        if self.alive:
            os.kill(self.pid, signal.SIGTERM)
        if not self.wait():
            self.kill()
        assert self.status is not None
        return self.status

    def signal(self, number: int) -> None:
        """To the process and all it forked."""
        if self.status is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def _ended(self, seconds: float) -> bool:
        return bool(select.select([self._end], [], [], seconds)[0])

    def _reap(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # what it left behind
        self.status = self._server.ask(reap=self.pid)
        os.close(self._end)


class ForkServer:
    """The server, as its users see it."""

    def __init__(self, prefix: Sequence[str] = (), env: Mapping[str, str] | None = None) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **(env or {})},
            start_new_session=True,
            text=True,
        )
        assert self._heard() == "ready"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, launch: Launch) -> Child:
        return Child(self, self.ask(start=asdict(launch)), launch)

    def run(self, launch: Launch, seconds: float = 60) -> int:
        """Run a command to its end; its status."""
        child = self.start(launch)
        if not child.wait(seconds):
            child.kill()
        assert child.status is not None
        return child.status

    def ask(self, **request: Any) -> int:
        with self._lock:
            assert self._process.stdin
            print(json.dumps(request), file=self._process.stdin, flush=True)
            return int(self._heard())

    def close(self) -> None:
        """End it, and every child with it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(STOP_SECONDS)
        self._process.stdout.close()

    def _heard(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"the fork server ended: {self._process.wait(1)}")
        return line


def serve() -> None:
    """The server's own life: requests by line until whoever asks is gone."""
    from tests.faults import child  # noqa: PLC0415 -- what only the server has to import

    child.warm_up()
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # children's prints are no answers
    running: set[int] = set()
    print("ready", file=said, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if "start" in request:
            answer = _fork(child, Launch(**request["start"]), said.fileno())
            running.add(answer)
        else:
            answer = _reaped(request["reap"])
            running.discard(request["reap"])
        print(answer, file=said, flush=True)
    _end(running)


def _fork(child: Any, launch: Launch, said: int) -> int:
    pid = os.fork()
    if pid == 0:
        os.close(said)
        child.live(launch)  # and never comes back
    with suppress(PermissionError, ProcessLookupError):
        os.setpgid(pid, pid)  # so that it can be killed whole from the first moment
    return pid


def _reaped(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _end(running: set[int]) -> None:
    for pid in running:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while running and time.monotonic() < deadline:
        with suppress(ChildProcessError):
            running.discard(os.waitpid(-1, 0)[0])
            continue
        return


if __name__ == "__main__":
    serve()
