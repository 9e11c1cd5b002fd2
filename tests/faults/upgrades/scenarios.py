"""F28: the tables of a next version come while this one's processes are at work."""

import time
from collections.abc import Sequence
from contextlib import closing
from random import Random

from sqlalchemy import Engine, exc

from storage.database import Database
from tests.faults.machine.scenarios import await_told
from tests.faults.scenario import scenario
from tests.faults.world import MANY, ONE, World

_TABLES = ("page", "component", "incident", "incident_update", "change", "request", "delivery")
_PATIENCE = 60.0


@scenario("F28", topologies=(ONE, MANY), short=3, long=40)
def newer_tables(world: World, runs: int, random: Random) -> None:
    """A next version's migration, cut off at some step, then run; this version goes on over it."""
    with closing(Database(world.place.database_url)) as database:
        for number in range(runs):
            steps = _migration(number)
            _run(database.engine, steps[: random.randrange(len(steps))], whole=False)
            time.sleep(random.random())
            _run(database.engine, steps, whole=True)
            await_told(world)


def _migration(number: int) -> list[str]:
    """Each adds to what was there, as ours do: columns with a default, and an index."""
    columns = [
        f"ALTER TABLE {table} ADD COLUMN news_{number} TEXT DEFAULT '' NOT NULL"
        for table in _TABLES
    ]
    return [*columns, f"CREATE INDEX ix_incident_news_{number} ON incident (news_{number})"]


def _run(engine: Engine, steps: Sequence[str], *, whole: bool) -> None:
    """In one transaction, again while a lock is not free, as our upgrade is; or cut off."""
    give_up = time.monotonic() + _PATIENCE
    while True:
        try:
            return _once(engine, steps, whole=whole)
        except exc.OperationalError:
            assert time.monotonic() < give_up, "the tables were never free"


def _once(engine: Engine, steps: Sequence[str], *, whole: bool) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        for step in steps:
            connection.exec_driver_sql(step)
        if not whole:
            connection.invalidate()  # the process that migrated is gone
            transaction.rollback()
