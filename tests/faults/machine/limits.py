"""F27: files cannot be opened, and memory cannot be had."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

from tests.faults.machine.scenarios import SETUPS, await_ack
from tests.faults.place import Place, Servers
from tests.faults.scenario import scenario, usual
from tests.faults.world import ONE, Setup, Topology, World
from tests.support.machine import limit

_FEW: Setup = ("tests.faults.machine.children:few_descriptors", {"most": 64})
_SPARE = 256 * 1024  # bytes
_THRIFTY = {
    "PYTHONMALLOC": "malloc",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": "0",
    "MALLOC_TOP_PAD_": "0",
    "MALLOC_MMAP_THRESHOLD_": "16384",
}


@scenario("F27", topologies=(ONE,), short=1, long=60, setups=SETUPS)
def no_descriptors(world: World, runs: int, random: Random) -> None:
    """No file can be opened and no connection accepted any more, for a while."""
    for _ in range(runs):
        child = world.processes[0].child
        assert child
        there = len(list(Path(f"/proc/{child.pid}/fd").iterdir()))
        limit(child.pid, resource.RLIMIT_NOFILE, there + random.randint(0, 3))
        time.sleep(random.uniform(0.5, 1.5))
        limit(child.pid, resource.RLIMIT_NOFILE, 1024)
        await_ack(world)


@scenario("F27", topologies=(ONE,), short=1, long=30, setups=SETUPS)
def few_descriptors(world: World, runs: int, random: Random) -> None:
    """A process that begins under `ulimit -n 64`."""
    for _ in range(runs):
        world.processes[0].stop()
        world.processes[0].start(_FEW)
        await_ack(world)
        time.sleep(random.uniform(0.5, 1.5))
        assert world.processes[0].alive
        world.processes[0].stop()
        world.heal()
        await_ack(world)


@contextmanager
def thrifty(servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
    """Its processes give back at once what they freed, so that a limit is soon felt."""
    with usual(servers, topology, folder) as place:
        yield replace(place, server_env=_THRIFTY)


@scenario("F27", topologies=(ONE,), short=2, long=60, around=thrifty, setups=SETUPS)
def no_memory(world: World, runs: int, random: Random) -> None:
    """The address space cannot grow for a while; a process that ends is started again."""
    for _ in range(runs):
        child = world.processes[0].child
        assert child
        before = resource.prlimit(child.pid, resource.RLIMIT_AS)[0]
        limit(child.pid, resource.RLIMIT_AS, _address_space(child.pid) + random.choice((0, _SPARE)))
        time.sleep(random.uniform(0.5, 1.5))
        if child.alive:
            limit(child.pid, resource.RLIMIT_AS, before)
        else:
            world.notes["ended"] += 1
        world.heal()
        await_ack(world)


def _address_space(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    return pages * resource.getpagesize()
