"""A thread that fails takes its process with it, and whoever supervises us starts a whole one.

Where memory or the like is short, what catches errors fails too. Without its loop a process would
answer for ever and publish nothing; without its server it would be deaf, and look alive.
"""

import logging
import os
import threading

logger = logging.getLogger(__name__)


def end_with_a_failing_thread() -> None:
    """From now on an exception that leaves any thread ends the process, with status 70."""
    threading.excepthook = _end


def _end(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_type is SystemExit:
        return  # it is how a thread may say that it is over
    try:
        name = failed.thread.name if failed.thread else "?"
        found = failed.exc_value or failed.exc_type
        logger.critical("thread %s failed; the process ends", name, exc_info=found)  # type: ignore[arg-type]
    finally:
        os._exit(os.EX_SOFTWARE)
