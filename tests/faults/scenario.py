"""Scenarios: one declaration each, run alike by pytest and by `make faults`."""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.faults import report
from tests.faults.forkserver import ForkServer
from tests.faults.journal import Outcome
from tests.faults.people import CORRECTIONS
from tests.faults.place import Place, Servers
from tests.faults.report import Row
from tests.faults.world import BRISK, Setup, Topology, World

Inject = Callable[[World, int, Random], None]
Around = Callable[[Servers, Topology, Path], AbstractContextManager[Place]]

_MOST_FOUND = 20
_PATIENCE = 900  # seconds for one scenario, on a machine that has much else to do


@contextmanager
def usual(servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
    """The topology's database and targets, all of them in order."""
    with servers.place(topology.database, topology.targets, folder) as place:
        yield place


@dataclass(frozen=True)
class Scenario:
    """A fault, and where and how often it is injected."""

    name: str
    fault: str  # its number in the design's matrix: "F1"
    what: str
    inject: Inject  # (world, runs, random): injects the fault so many times, while people type
    topologies: Sequence[Topology]
    short: int  # runs in the suite
    long: int  # runs of `make faults N=1000`; another N in proportion
    batch: int  # runs in one world: its page grows with them
    every: float  # seconds between two sentences of one person
    around: Around
    setups: Sequence[Setup]
    corrections: Sequence[str]  # what people type beside updates


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    fault: str,
    *,
    topologies: Sequence[Topology],
    short: int,
    long: int,
    batch: int = 50,
    every: float = 0.15,
    around: Around = usual,
    setups: Sequence[Setup] = (BRISK,),
    corrections: Sequence[str] = CORRECTIONS,
) -> Callable[[Inject], Scenario]:
    """Declare one: its name is the function's, and what it is the docstring's first line."""

    def declared(inject: Inject) -> Scenario:
        name = inject.__name__.replace("_", "-")
        what = (inject.__doc__ or "").strip().splitlines()[0].rstrip(".")
        how = (topologies, short, long, batch, every, around, setups, corrections)
        SCENARIOS[name] = Scenario(name, fault, what, inject, *how)
        return SCENARIOS[name]

    return declared


def run(
    one: Scenario,
    topology: Topology,
    runs: int,
    servers: Servers,
    *,
    seed: int = 0,
    heard: Callable[[Row], None] = lambda row: None,
) -> Row:
    """Inject it so many times, in worlds of `batch` each; what was found.

    `heard` is told after each world, so that a run of hours that is cut off was not for nothing.
    """
    row = Row(one.fault, one.name, topology.name, one.what, seed=seed)
    began = time.monotonic()
    batches = [min(one.batch, runs - done) for done in range(0, runs, one.batch)]
    for number, count in enumerate(batches):
        with in_world(one, topology, servers, seed=seed * 1000 + number) as world:
            _inject(one, world, count)
            _add(row, world, count)
        row.seconds = time.monotonic() - began
        heard(row)
        if row.violations:
            break  # more of the same says nothing new
    return row


@contextmanager
def in_world(
    one: Scenario, topology: Topology, servers: Servers, *, seed: int, setups: Sequence[Setup] = ()
) -> Iterator[World]:
    """A world as the scenario wants it, with more setups for every child: a seed, perhaps."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="duckrow-faults-")))
        place = stack.enter_context(one.around(servers, topology, folder))
        server = stack.enter_context(ForkServer(place.prefix, place.server_env))
        every = (*setups, *one.setups)  # so that named points lie around what a seed does
        yield stack.enter_context(World(folder, server, place, topology, seed=seed, setups=every))


def _inject(one: Scenario, world: World, runs: int) -> None:
    with world.reading():
        with world.typing(every=one.every, corrections=one.corrections):
            one.inject(world, runs, Random(world.seed))
            world.heal()
        world.settle()
        world.await_in_order()


def _add(row: Row, world: World, runs: int) -> None:
    entries = world.journal.entries()  # before the judge has a guest refused
    found = world.violations()
    outcomes = Counter(entry.outcome for entry in entries)
    row.runs += runs
    row.acked += outcomes[Outcome.ACKED]
    row.refused += outcomes[Outcome.REFUSED]
    row.unknown += outcomes[Outcome.UNKNOWN]
    row.reads += sum(reader.gets for reader in world.readers)
    row.recovered_in = max(row.recovered_in, world.recovered_in)
    row.slowest = max([row.slowest, *(took for entry in entries for took in entry.took)])
    row.violations = dict(Counter(row.violations) + Counter(one.invariant for one in found))
    row.found += [str(one)[:500] for one in found[: _MOST_FOUND - len(row.found)]]
    row.add_notes(world.notes)


def short(one: Scenario, topology: Topology, runs: int | None = None) -> Any:
    """A test that runs it as often as the suite does, or as said: `test_… = short(kills, ONE)`.

    The variable FAULT_ROWS names a folder where the rows are kept, one file for each.
    """

    def test(fault_servers: Servers) -> None:
        row = run(one, topology, runs or one.short, fault_servers, seed=1)
        print(row.line(), row.notes, *row.found, sep="\n")  # noqa: T201 -- pytest shows it with the failure
        if kept := os.environ.get("FAULT_ROWS"):
            report.keep([row], Path(kept, f"{row.scenario}-{row.topology}.jsonl"))
        assert row.found == []
        assert row.acked > 0

    test.__doc__ = f"{one.what}, on {topology.name}."
    return pytest.mark.timeout(_PATIENCE)(test)
