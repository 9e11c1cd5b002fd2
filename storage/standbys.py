"""Would an acknowledged update survive the loss of the primary? What the server says of itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Weakness:
    """What is wrong with how the server is copied, and the remedy."""

    what: str
    remedy: str
    stops: bool  # nothing can be saved until then

    def __str__(self) -> str:
        return f"{self.what}. {self.remedy}"


ALONE = Weakness(
    "no standby has to confirm what is saved: the newest updates are lost with the server",
    "Let one follow it, and set synchronous_standby_names there.",
    stops=False,
)
HANGING = Weakness(
    "a standby has to confirm what is saved, and none follows: nothing can be saved",
    "Let one follow it, or: ALTER SYSTEM SET synchronous_standby_names = ''; "
    "SELECT pg_reload_conf();",
    stops=True,
)

_WARNING = "01000"  # the SQLSTATE of one that has no number of its own
_ASK = text(
    "SELECT current_setting('synchronous_standby_names'), count(*) FROM pg_stat_replication"
)


def weakness(connection: Connection) -> Weakness | None:
    names, following = connection.execute(_ASK).one()
    if not names:
        return ALONE
    return None if following else HANGING


@contextmanager
def doubts(connection: Connection) -> Iterator[list[str]]:
    """What the server warns of while it commits: then the row is there, and perhaps nowhere else.

    So it is when somebody cancels a COMMIT that waits for its standby: it succeeds.
    """
    session: Any = connection.connection.driver_connection
    heard: list[str] = []

    def hear(notice: Any) -> None:
        if notice.sqlstate == _WARNING:
            heard.append(str(notice.message_primary))

    session.add_notice_handler(hear)
    try:
        yield heard
    finally:
        session.remove_notice_handler(hear)
