"""The ledger's rows, read from outside, with nothing of the program between but the tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import NullPool, create_engine, exc, func, select

from bot.sandbox import Sandbox
from storage import schema

Row = Mapping[str, Any]
_TABLES = ("change", "incident", "incident_update", "request", "delivery", "publication", "page")


@dataclass(frozen=True)
class Rows:
    """All of the ledger that the invariants ask about, of one moment."""

    change: tuple[Row, ...]
    incident: tuple[Row, ...]
    incident_update: tuple[Row, ...]
    request: tuple[Row, ...]
    delivery: tuple[Row, ...]
    publication: tuple[Row, ...]
    page: tuple[Row, ...]

    def told(self) -> tuple[Row, ...]:
        """The updates, each incident's in the order in which it has them."""
        return tuple(sorted(self.incident_update, key=itemgetter("incident_id", "number")))

    def revision_of(self, stated: int | datetime) -> int | None:
        """The revision that a document states, by number or by its change's time."""
        if isinstance(stated, int):
            return stated if any(row["revision"] == stated for row in self.change) else None
        return next((row["revision"] for row in self.change if row["at"] == stated), None)


class Truth:
    """Asks the database anew each time, whatever became of it meanwhile."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)

    def close(self) -> None:
        self._engine.dispose()

    def known_in_slack(self) -> bool:
        """True once a process has heard from Slack who we are there."""
        try:
            return bool(self._scalar(select(schema.page.c.slack_bot)))
        except exc.DBAPIError:
            return False  # its server is not there yet

    def revision(self) -> int:
        return int(self._scalar(select(schema.page.c.revision)))

    def untold(self, until: int | None = None) -> int:
        """How many incidents Slack has not wholly seen, or not as far as that revision."""
        revision, told = schema.incident.c.revision, schema.incident.c.told_revision
        behind = [revision > told] if until is None else [revision > told, told < until]
        return int(self._scalar(select(func.count()).select_from(schema.incident).where(*behind)))

    def rows(self) -> Rows:
        """Everything, in one snapshot."""
        with self._engine.connect() as connection:
            connection.execution_options(isolation_level="SERIALIZABLE")
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")  # its driver waits with it for a change
            found = {
                name: tuple(
                    dict(row)
                    for row in connection.execute(select(getattr(schema, name))).mappings()
                )
                for name in _TABLES
            }
        return Rows(**found)

    def _scalar(self, query: Any) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()


@dataclass(frozen=True)
class Posted:
    """A message of the bot's that everybody sees."""

    ts: str
    thread_ts: str | None
    delivery: str  # the id in its metadata; empty where it has none
    text: str


def posted(slack: Sandbox) -> list[Posted]:
    """All of them, in every channel, oldest first."""
    with slack.workspace.lock:
        lines = [line for one in slack.workspace.timelines.values() for line in one.public()]
        bot = slack.workspace.app.bot_user
        ours = [line for line in lines if line.user == bot and not line.tombstone]
        return sorted(map(_posted, ours), key=lambda one: one.ts)


def _posted(message: Any) -> Posted:
    payload = (message.metadata or {}).get("event_payload") or {}
    text = message.text + "".join(str(block) for block in message.blocks)
    thread = message.thread_ts if message.is_reply else None
    return Posted(message.ts, thread, payload.get("delivery", ""), text)
