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

_REFUSED = "Too many open files"
_NO_MEMORY = "MemoryError"
_LOOKS = 25  # some milliseconds apart: what it opens while it works comes and goes
_SPARE = 256 * 1024  # bytes
_THRIFTY = {
    "PYTHONMALLOC": "malloc",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": "0",
    "MALLOC_TOP_PAD_": "0",
    "MALLOC_MMAP_THRESHOLD_": "16384",
}


@scenario("F27", topologies=(ONE,), short=1, long=20, setups=SETUPS)
def no_descriptors(world: World, runs: int, random: Random) -> None:
    """No file can be opened and no connection accepted any more, for a while."""
    for _ in range(runs):
        child = world.processes[0].child
        assert child
        most = resting(child.pid) + random.randint(0, 3)
        with _felt(world, _REFUSED):
            limit(child.pid, resource.RLIMIT_NOFILE, most)
        time.sleep(random.uniform(0.5, 1.5))
        limit(child.pid, resource.RLIMIT_NOFILE, 1024)
        await_ack(world)


@scenario("F27", topologies=(ONE,), short=1, long=15, setups=SETUPS)
def few_descriptors(world: World, runs: int, random: Random) -> None:
    """A process that begins under `ulimit -n 64`: it never needs more."""
    for _ in range(runs):
        world.processes[0].stop()
        before = _times_said(world, _REFUSED)
        world.processes[0].start(_under(64))
        await_ack(world)
        time.sleep(random.uniform(0.5, 1.5))
        assert world.processes[0].alive
        assert _times_said(world, _REFUSED) == before
        world.processes[0].stop()
        world.heal()
        await_ack(world)


@scenario("F27", topologies=(ONE,), short=1, long=15, setups=SETUPS)
def scarce_descriptors(world: World, runs: int, random: Random) -> None:
    """A process that begins with as many descriptors as it has open at rest, or few more."""
    for _ in range(runs):
        process = world.processes[0]
        assert process.child
        most = resting(process.child.pid) + random.randint(0, 3)
        process.stop()
        with _felt(world, _REFUSED):
            process.start(_under(most))
        time.sleep(random.uniform(0.5, 1.5))
        world.notes["ended"] += not process.alive
        process.stop()
        world.heal()
        await_ack(world)


def _under(most: int) -> Setup:
    return ("tests.faults.machine.children:few_descriptors", {"most": most})


def resting(pid: int) -> int:
    """The fewest descriptors that it has open at several looks."""
    counts = []
    for _ in range(_LOOKS):
        counts.append(len(list(Path(f"/proc/{pid}/fd").iterdir())))
        time.sleep(0.01)
    return min(counts)


@contextmanager
def _felt(world: World, words: str) -> Iterator[None]:
    """What the block does goes on until a process says so, or ends."""
    before = _times_said(world, words)
    yield
    world.wait_for(lambda: _times_said(world, words) > before or not world.processes[0].alive)
    world.notes["felt"] += 1


def _times_said(world: World, words: str) -> int:
    """In what the process printed."""
    log = world.folder / world.processes[0].launch.log
    return log.read_bytes().count(words.encode())


@contextmanager
def thrifty(servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
    """Its processes give back at once what they freed, so that a limit is soon felt."""
    with usual(servers, topology, folder) as place:
        yield replace(place, server_env=_THRIFTY)


@scenario("F27", topologies=(ONE,), short=2, long=30, around=thrifty, setups=SETUPS)
def no_memory(world: World, runs: int, random: Random) -> None:
    """The address space cannot grow for a while; a process that ends is started again."""
    for _ in range(runs):
        child = world.processes[0].child
        assert child
        before = resource.prlimit(child.pid, resource.RLIMIT_AS)[0]
        most = _address_space(child.pid) + random.choice((0, _SPARE))
        with _felt(world, _NO_MEMORY):
            limit(child.pid, resource.RLIMIT_AS, most)
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
