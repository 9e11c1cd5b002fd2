"""A process is never left with some of its threads."""

import os
import subprocess
import sys

import pytest

_PROGRAM = """
import threading, time
from bot import log, threads
log.configure("info", "text", ())
threads.end_with_a_failing_thread()
threading.Thread(target={work}, name="page 1", daemon=True).start()
time.sleep({seconds})
"""


def run(work, seconds):
    program = _PROGRAM.format(work=work, seconds=seconds)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_thread_that_fails_ends_the_process_and_says_why():
    done = run("lambda: [][1]", seconds=60)
    assert done.returncode == os.EX_SOFTWARE
    assert "thread page 1 failed" in done.stderr
    assert "IndexError" in done.stderr


@pytest.mark.parametrize("work", ["int", "lambda: exit(1)"])
def test_a_thread_that_is_over_ends_nothing(work):
    assert run(work, seconds=0.2).returncode == 0
