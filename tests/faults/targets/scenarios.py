"""F21 to F24: a store that is down, slow, torn, ambiguous, or written to by somebody else too."""

import signal
import time
from functools import partial
from random import Random

from tests.faults.machine.scenarios import SETUPS as IMPATIENTLY
from tests.faults.machine.scenarios import await_word, page_news
from tests.faults.scenario import scenario
from tests.faults.targets.places import ONE_BOTH, by_road, lossy, road_of
from tests.faults.world import MANY_S3, World
from tests.support.s3 import Request

_HEARD = 6  # every so many-th outage lasts until the channel heard of it; each kind in its turn
_DOWN = ("503", "403", "hang", "slow", "refuse")
_BY_CHANCE = ("deaf", "late", "torn", "refuse", "503")


@scenario(
    "F21", topologies=(MANY_S3, ONE_BOTH), short=4, long=60, around=by_road, setups=IMPATIENTLY
)
def store_down(world: World, runs: int, random: Random) -> None:
    """The object store answers 503, 403, hangs, is slow or cuts, for a while."""
    road = road_of(world)
    for number in range(runs):
        way = _DOWN[number % len(_DOWN)]
        if number % _HEARD == 0 and way != "slow":
            _outlast_patience(world, way)
        else:
            road.fault = partial(_always, way)
            time.sleep(random.uniform(0.5, 1.5))
            road.heal()
            time.sleep(random.uniform(0, 1))
        world.notes[f"store: {way}"] += 1


def _outlast_patience(world: World, way: str) -> None:
    """Until the channel hears that the page is behind; and then it hears that this is over."""
    if page_news(world):
        await_word(world, "is up to date again")  # or it would be one story
    road_of(world).fault = partial(_always, way)
    await_word(world, "is behind since")
    road_of(world).heal()
    await_word(world, "is up to date again")
    world.notes["the channel heard"] += 1


@scenario("F22 F23", topologies=(MANY_S3,), short=8, long=400, batch=200, around=by_road)
def store_lossy(world: World, runs: int, random: Random) -> None:
    """Of the puts a fifth is torn, cut, refused, done unheard, or done late; once a second."""
    road = road_of(world)
    road.fault = lossy(random, 0.2, _BY_CHANCE)
    for _ in range(runs):
        time.sleep(0.5)
        road.release()
    road.heal()


@scenario("F2 F24", topologies=(MANY_S3,), short=2, long=40, around=by_road)
def store_shared(world: World, runs: int, random: Random) -> None:
    """Workers are stopped in the middle, and `duckrow publish` writes to the store meanwhile."""
    workers = [one for one in world.processes if one.role == "worker"]
    road_of(world).fault = lossy(random, 0.1, ("slow",))
    for _ in range(runs):
        stopped = random.choice(workers)
        time.sleep(random.uniform(0, 0.5))
        stopped.signal(signal.SIGSTOP)
        try:
            world.duckrow("publish")
        finally:
            stopped.signal(signal.SIGCONT)
    road_of(world).heal()


def _always(way: str, _request: Request) -> str:
    return way
