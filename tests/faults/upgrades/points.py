"""Where a child may be made to die: set up in it before it runs."""

import os
import signal
from itertools import count

from sqlalchemy import Engine, event


def die_at(step: int) -> None:
    """SIGKILL before the so-manieth statement or commit that is sent to a database."""
    steps = count(1)

    def look(*_: object) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", look)
    event.listen(Engine, "commit", look)
