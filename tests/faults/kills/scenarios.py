"""F1 and F2: processes that are killed, at any instant and at named points, or stopped for long."""

import os
import signal
import time
from pathlib import Path
from random import Random

from tests.faults.points import Trap, points_of
from tests.faults.scenario import scenario
from tests.faults.world import (
    BRISK,
    MANY,
    MANY_BOTH,
    MANY_S3,
    ONE,
    ONE_SOCKET,
    Process,
    Setup,
    World,
)

REACHED = 4.0  # seconds in which some process comes by a named point, or it was not to be
PAUSE = (5.5, 8.0)  # seconds: longer than the turn's lease, a post, and the wait for its outcome
# Where whoever stood still believes something that is no longer so.
STALE = frozenset(
    {
        *("before-commit", "attempt-marked", "posted-not-stored", "shown-not-recorded"),
        *("intent-marked", "before-rename", "before-marker", "s3-before-put", "s3-before-marker"),
    }
)
INSTALL: Setup = ("tests.faults.points:install", {})


@scenario(
    "F1",
    topologies=(ONE, ONE_SOCKET, MANY, MANY_S3, MANY_BOTH),
    short=200,
    long=2000,
    batch=50,
    every=0.4,
    setups=(BRISK, INSTALL),
)
def kills(world: World, runs: int, random: Random) -> None:
    """SIGKILL, at random instants and at named points, half and half."""
    points = points_of(world.topology.targets, socket_mode=world.topology.socket_mode)
    for number in range(runs):
        if number % 2:
            die_at(world, random.choice(points), random.choice((1, 1, 2, 3)))
        else:
            die_at_random(world, random)
        world.heal()


def die_at(world: World, point: str, passage: int) -> None:
    """Whoever first comes by the point dies there."""
    trap = Trap(world.folder)
    trap.set(point, passage)
    if trap.await_taken(REACHED):
        world.notes[point] += 1
        world.wait_for(lambda: not all(process.alive for process in world.processes))
    else:
        world.notes[f"{point} (not reached)"] += 1
        random_victim(world, Random(passage)).kill()


def die_at_random(world: World, random: Random) -> None:
    """At an instant that depends on nothing."""
    victim = random_victim(world, random)
    if random.random() < 0.8:  # else perhaps while it starts
        world.wait_for(lambda: _is_up(world, victim))
    time.sleep(random.uniform(0, 0.5))
    if victim.role == "web" and victim.alive and random.random() < 0.3:
        kill_one_of_its_workers(victim)
        world.notes["random: a granian worker"] += 1
    else:
        victim.kill()
        world.notes[f"random: {victim.role}"] += 1


def _is_up(world: World, process: Process) -> bool:
    """Granian gives up when its workers die one after the other: it is started again."""
    world.heal()
    return world.answers(process)


def random_victim(world: World, random: Random) -> Process:
    return random.choice(world.processes)


def kill_one_of_its_workers(process: Process) -> None:
    """What granian started; granian itself sees to it that there is another."""
    assert process.child
    pid = process.child.pid
    forked = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in forked[:1]:
        os.kill(int(one), signal.SIGKILL)


@scenario(
    "F2",
    topologies=(ONE, MANY, MANY_S3, MANY_BOTH),
    short=4,
    long=50,
    batch=20,
    every=0.5,
    setups=(BRISK, INSTALL),
)
def pauses(world: World, runs: int, random: Random) -> None:
    """SIGSTOP for longer than anybody waits, then SIGCONT: a stale publisher, a stale poster."""
    points = [one for one in points_of(world.topology.targets) if one in STALE]
    for number in range(runs):
        victim = stopped_at(world, random.choice(points)) if number % 2 else None
        victim = victim or random_victim(world, random)
        victim.signal(signal.SIGSTOP)
        time.sleep(random.uniform(*PAUSE))
        victim.signal(signal.SIGCONT)
        world.notes[f"stopped: {victim.role}"] += 1
        time.sleep(random.uniform(0.2, 1))


def stopped_at(world: World, point: str) -> Process | None:
    """Whoever first came by the point, and stands still there; None when nobody did."""
    trap = Trap(world.folder)
    trap.set(point, number=signal.SIGSTOP)
    if not trap.await_taken(REACHED):
        world.notes[f"{point} (not reached)"] += 1
        return None
    world.notes[point] += 1
    # Or its own SIGSTOP would come after our SIGCONT, and it would stand still for ever.
    world.wait_for(lambda: trap.holds)
    return next(one for one in world.processes if one.child and one.child.pid == trap.victim)
