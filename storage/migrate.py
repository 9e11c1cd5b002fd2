"""Migrations, without paying for Alembic when there is nothing to migrate."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from storage.errors import WrongLedger
from storage.schema import HEAD

SCRIPTS = Path(__file__).parent / "migrations"


def version(connection: Connection) -> str | None:
    """The migration the database stands at; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def check(connection: Connection) -> None:
    """Raise WrongLedger unless the tables are this program's."""
    found = version(connection)
    if found != HEAD:
        raise WrongLedger(
            f"The database is at version {found or 'none'}, this program wants {HEAD}. "
            "Migrate it with: duckrow db upgrade"
        )


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing; safe to repeat, one process at a time does it."""
    with engine.connect() as connection:
        if version(connection) == HEAD:
            return
    from alembic import command  # noqa: PLC0415 -- a third of a second, needed once per version
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7283751)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
