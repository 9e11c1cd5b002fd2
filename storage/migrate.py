"""Migrations, without paying for Alembic when there is nothing to migrate."""

import time
from pathlib import Path

from sqlalchemy import Connection, Engine, exc, inspect, text

from bot.core.errors import Refusal
from storage.engines import NO_LIMITS, WAIT, sqlite_options
from storage.errors import WrongLedger
from storage.schema import HEAD, metadata

SCRIPTS = Path(__file__).parent / "migrations"
# All who want to write wait behind us while we wait for the tables: a short while, then it is their
# turn, and then ours again. Whoever reads at leisure is done within half of the patience.
_SOON = 0.8  # seconds
_PAUSE = 1.0  # seconds
_PATIENCE = 60.0  # seconds
_LOCKED = "55P03"
# Other migrations are waited for, and long tables take their time.
_ONE_AT_A_TIME = f"""{NO_LIMITS}; SET LOCAL lock_timeout = 0;
SELECT pg_advisory_xact_lock(7283751); SET LOCAL lock_timeout TO DEFAULT"""


def version(connection: Connection) -> str | None:
    """The migration the database stands at; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def check(connection: Connection, *, or_newer: bool = False) -> None:
    """Raise WrongLedger unless the tables are this program's, or perhaps a newer one's."""
    found = version(connection)
    if not or_newer:
        _refuse_newer(found)
    if found is None or found < HEAD:
        raise WrongLedger(
            f"The database is at version {found or 'none'}, this program wants {HEAD}.",
            "Migrate it with: duckrow db upgrade",
        )


def _refuse_newer(found: str | None) -> None:
    if found and found > HEAD:
        raise WrongLedger(
            f"A newer Duckrow migrated the database to version {found}; this one knows {HEAD}.",
            "Start the newer one.",
        )


def _version_without_waiting(engine: Engine) -> str | None:
    """Whoever only looks must not fail because somebody else writes for long."""
    with engine.connect() as connection:
        return version(connection.execution_options(**sqlite_options(writes=False, wait=WAIT)))


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing; safe to repeat, one process at a time does it.

    Raises WrongLedger where a newer program was here, Refusal where others never left the tables.
    """
    found = _version_without_waiting(engine)
    _refuse_newer(found)
    if found == HEAD:
        return
    give_up = time.monotonic() + _PATIENCE
    while not _migrate(engine):
        if time.monotonic() > give_up:
            raise _busy()
        time.sleep(_PAUSE)


def _migrate(engine: Engine) -> bool:
    """All of it, or nothing and False where the tables were not free soon."""
    from alembic import command  # noqa: PLC0415 -- a third of a second, needed once per version
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(_ONE_AT_A_TIME)
                _take_the_tables(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCKED:
            raise
        return False
    return True


def _take_the_tables(connection: Connection) -> None:
    """Before any work, so that the waits do not add up; the page first, as all who tell do."""
    give_up = time.monotonic() + _SOON
    there = set(inspect(connection).get_table_names())
    for table in (name for name in metadata.tables if name in there):
        left = max(int((give_up - time.monotonic()) * 1000), 1)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {left}; LOCK TABLE {table}")
    connection.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")


def _busy() -> Refusal:
    return Refusal(
        f"The database is busy: for {_PATIENCE:.0f} seconds others were at work in its tables"
        " whenever they were to be changed. Nothing was changed.",
        "Try again, or end the long transaction that pg_stat_activity shows, such as a backup.",
    )
