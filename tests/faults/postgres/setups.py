"""What is done to a child before it runs, for the scenarios here, and the lies they must catch."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from bot.loop import TICK, Loop
from storage import engines, standbys

ASLEEP = "asleep"  # a file in the children's folder
_HOUR = 3600.0


def no_ticks() -> None:
    """As soon as there is such a file, whoever is not woken sleeps for an hour."""
    said = Path(ASLEEP)

    def tick(_loop: Loop) -> float:
        return _HOUR if said.exists() else TICK

    Loop._tick = property(tick, lambda *_: None)  # type: ignore[assignment]


def commit_locally() -> None:
    """Seed: an ack does not wait for the standby."""
    engines._OURS["options"] = engines._LIMITS.replace("=remote_apply", "=local")


def believe_what_was_cancelled() -> None:
    """Seed: a COMMIT that succeeds is believed, whatever the server warns of."""

    @contextmanager
    def none(_connection: Connection) -> Iterator[list[str]]:
        yield []

    standbys.doubts = none  # type: ignore[assignment]
