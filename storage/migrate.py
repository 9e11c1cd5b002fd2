"""Migrations, without paying for Alembic when there is nothing to migrate."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from storage.engines import NO_LIMITS
from storage.errors import WrongLedger
from storage.schema import HEAD

SCRIPTS = Path(__file__).parent / "migrations"
# Other migrations are waited for, and long tables take their time. A table's lock that is not free
# soon is not waited for: all who want to write would wait behind us.
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


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing; safe to repeat, one process at a time does it.

    Raises WrongLedger where a newer program was here.
    """
    with engine.connect() as connection:
        found = version(connection)
    _refuse_newer(found)
    if found == HEAD:
        return
    from alembic import command  # noqa: PLC0415 -- a third of a second, needed once per version
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(_ONE_AT_A_TIME)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
