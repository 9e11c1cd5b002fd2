"""F26: summer time begins and ends, days and months turn, and a process starts years behind."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NoReturn
from zoneinfo import ZoneInfo

from bot.sandbox.inbound.envelope import DeliveryFailed, Envelope
from tests.faults.machine.scenarios import OWN_TIME, await_told
from tests.faults.place import Place, Servers
from tests.faults.scenario import scenario, usual
from tests.faults.world import BRISK, ONE, Topology, World
from tests.support.machine import Clock

BERLIN = ZoneInfo("Europe/Berlin")
_YEARS = 5 * 365 * 86_400


def edges(year: int) -> list[datetime]:
    """The midnight before an hour is left out, that hour, the one told twice, and a month's end."""
    spring, autumn = (_last_sunday(year, month) for month in (3, 10))
    changes = [day.replace(hour=1).astimezone(BERLIN) for day in (spring, autumn)]
    midnights = (spring, datetime(year, 11, 1, tzinfo=UTC))
    return sorted([*changes, *(day.replace(tzinfo=BERLIN) for day in midnights)])


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, tzinfo=UTC)
    return last - timedelta(days=last.isoweekday() % 7)


@contextmanager
def in_berlin(servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
    """A page whose zone has summer time."""
    with usual(servers, topology, folder) as place:
        yield replace(place, env={**place.env, "PAGE_TIME_ZONE": BERLIN.key})


@scenario(
    "F26",
    topologies=(ONE,),
    short=1,
    long=10,
    batch=5,
    every=0.5,
    around=in_berlin,
    setups=(BRISK, OWN_TIME),
)
def seasons(world: World, runs: int, random: Random) -> None:
    """Both changes of summer time and several midnights, and a start with a clock years behind."""
    clock = Clock(world.folder)
    for year in range(2027, 2027 + runs):
        for at in edges(year):
            clock.ahead(at.timestamp() - 600 - time.time())
            await_told(world)
            _pass_over(world, clock, at, silently=at.hour == 0)
            await_told(world)
        _start_behind(world, clock)
        assert_days_turned_once(world)
    assert world.notes["day turns"], "no day turned by itself"


def _pass_over(world: World, clock: Clock, edge: datetime, *, silently: bool) -> None:
    """People type at that very moment, or nobody does and the clock alone is told."""
    way = world.journal.way
    if silently:
        world.journal.way = _Nobody()
    clock.ahead(edge.timestamp() - 0.5 - time.time())
    world.wait_for(lambda: _newest(world) >= edge)
    world.journal.way = way


class _Nobody:
    """What stands before a program that Slack does not reach."""

    def deliver(self, _envelope: Envelope, _seconds: float) -> NoReturn:
        raise DeliveryFailed("dispatch_failed")


def _newest(world: World) -> datetime:
    newest: datetime = max(row["at"] for row in world.truth.rows().change)
    return newest


def _start_behind(world: World, clock: Clock) -> None:
    """A machine whose clock is put right only after its processes began."""
    was = clock.told() - time.time()
    world.processes[0].stop()
    clock.ahead(-_YEARS)
    world.heal()
    await_told(world)
    clock.ahead(was)
    await_told(world)


def assert_days_turned_once(world: World) -> None:
    """Each by one change at most, whose moment is the page's own midnight."""
    keys = [row["key"] for row in world.truth.rows().change]
    turns = Counter(_turned(key) for key in keys if key.startswith("clock:"))
    assert all(count == 1 for count in turns.values()), turns
    world.notes["day turns"] = len(turns)


def _turned(key: str) -> date:
    midnight = datetime.fromisoformat(key.removeprefix("clock:")).astimezone(BERLIN)
    assert (midnight.hour, midnight.minute) == (0, 0), key
    return midnight.date()
