"""The real bot as a child process: started, watched, started again, stopped."""

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import TextIO

log = logging.getLogger(__name__)
PAUSE = 1.0
GRACE = 10.0


class Child:
    """Runs a command with exactly this environment; its output goes to `out`, line by line."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        out: TextIO = sys.stderr,
        pause: float = PAUSE,
        grace: float = GRACE,
    ) -> None:
        self._argv, self._env, self._out = list(argv), dict(env), out
        self._pause, self._grace = pause, grace
        self._process: subprocess.Popen[str] | None = None
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="sandbox child")

    def start(self) -> None:
        """Start it, and again whenever it ends."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to stop, wait, and end it when it does not."""
        with self._lock:
            self._stopping.set()
            process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(self._grace)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join()

    def _keep(self) -> None:
        while self._begin():
            self._forward()
            if self._stopping.is_set():
                return
            self._out.write(f"The bot ended; starting it again in {self._pause:g} s.\n")
            self._stopping.wait(self._pause)

    def _begin(self) -> bool:
        """Start it unless it is to stop: whoever stops it must know the process."""
        with self._lock:
            if self._stopping.is_set():
                return False
            self._process = subprocess.Popen(  # noqa: S603 -- the caller's own command
                self._argv,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                process_group=0,  # Ctrl-C reaches us alone; we then ask it to stop
            )
            return True

    def _forward(self) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        with process:
            for line in process.stdout:
                self._out.write(line)
                self._out.flush()
