"""F16: what the network can do between us and Slack, and between us and the database."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from tests.faults.looks import how_many, with_forked
from tests.faults.machine.scenarios import await_ack
from tests.faults.scenario import scenario
from tests.faults.slack.scenarios import await_posts
from tests.faults.world import MANY, ONE_SOCKET, World
from tests.support.wire import Wire, wire_to

_WAYS: Mapping[str, Callable[[Wire], None]] = {
    "black hole": Wire.swallow,
    "reset": Wire.reset,
    "half-close": Wire.half_close,
    "1 byte/s": Wire.dribble,
}
_MORE_THREADS = 4  # of a process; pools grow to their size while they are used
_OF_SOCKETS = 16  # the pools of two Socket Mode connections


@scenario("F16", topologies=(ONE_SOCKET, MANY), short=4, long=40, batch=20, every=0.5)
def wire_to_slack(world: World, runs: int, random: Random) -> None:
    """Between the bot and Slack: black hole, reset, half-close, a byte a second."""
    with by_wire(world, "SLACK_API_URL", ("run", "web", "worker")) as wire:
        mistreated(world, wire, runs, random)


@scenario("F16", topologies=(MANY,), short=4, long=40, batch=20, every=0.5)
def wire_to_database(world: World, runs: int, random: Random) -> None:
    """Between the processes and PostgreSQL: black hole, reset, half-close, a byte a second."""
    with by_wire(world, "DATABASE_URL", ("web", "worker")) as wire:
        mistreated(world, wire, runs, random)


def mistreated(world: World, wire: Wire, runs: int, random: Random) -> None:
    """It goes on after each, and no thread is left behind."""
    await_posts(world)
    more = _OF_SOCKETS if world.topology.socket_mode else _MORE_THREADS * len(world.processes)
    most = threads(world) + more
    for number in range(runs):
        name = list(_WAYS)[number % len(_WAYS)]
        _WAYS[name](wire)
        world.notes[name] += 1
        time.sleep(random.uniform(1.5, 3))
        wire.carry()
        await_ack(world)
        await_posts(world)
    world.wait_for(lambda: threads(world) <= most)


@contextmanager
def by_wire(world: World, setting: str, roles: tuple[str, ...]) -> Iterator[Wire]:
    """These processes, started anew, reach what the setting names by a wire."""
    direct = world.env[setting]
    port = urlsplit(direct).port
    assert port
    with wire_to(port) as wire:
        _start_anew(world, roles, {setting: direct.replace(f":{port}/", f":{wire.port}/")})
        yield wire
        _start_anew(world, roles, {setting: direct})


def _start_anew(world: World, roles: tuple[str, ...], env: Mapping[str, str]) -> None:
    for process in world.processes:
        if process.role in roles:
            process.launch = replace(process.launch, env={**process.launch.env, **env})
            process.kill()
            process.start()
    world.await_ready()


def threads(world: World) -> int:
    """Of all processes, with those that they forked."""
    started = [one.child.pid for one in world.processes if one.child]
    pids = [pid for one in started for pid in with_forked(one)]
    return sum(how_many(Path(f"/proc/{pid}/task")) for pid in pids)
