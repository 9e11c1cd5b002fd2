"""A process that is asked to stop does, whichever of its threads is told."""

import subprocess
import sys

SCRIPT = """
import os, signal, threading
from bot.signals import until_stopped

with until_stopped() as wait:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    wait()
print("stopped")
"""


def test_a_signal_that_another_thread_gets_wakes_the_main_one():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "stopped\n"
