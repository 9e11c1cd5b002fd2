"""I15: a day of incidents, hours of Slack's absence among them, leaves nothing behind."""

import time
from pathlib import Path
from random import Random

from tests.faults.machine.scenarios import OWN_TIME, await_ack, await_told
from tests.faults.scenario import scenario
from tests.faults.world import BRISK, ONE, Setup, World
from tests.support.machine import Clock

_HOURS, _WARM = 24, 3
_AWAY = range(8, 14)  # Slack
_TURNS = 12  # of every loop in an hour; the program's own day has 86,400 of them
_RESTLESS: Setup = ("tests.faults.machine.children:restless", {"tick": 0.01})
_LOOKS = 25  # a pause apart: what it holds while it works comes and goes
_PAUSE = 0.02
# What may come on top after the first hours, however long the day.
_MARGINS = {"descriptors": 4, "threads": 4, "memory, MB": 8}
_HISTORY = 0.1  # MB, for each change: the page grows, and what is known of it by heart


@scenario(
    "F27",
    topologies=(ONE,),
    short=1,
    long=10,
    batch=1000,  # one world, in which a slow leak adds up
    every=3.0,
    setups=(BRISK, OWN_TIME, _RESTLESS),
)
def simulated_day(world: World, runs: int, random: Random) -> None:
    """A day in which every loop turns hundreds of times, six hours of it without Slack."""
    pass_hours(world, _HOURS * runs)
    await_told(world)


def pass_hours(world: World, hours: int) -> None:
    """After the first of them the process holds all that it will ever hold."""
    clock = Clock(world.folder)
    for hour in range(hours):
        if hour == _WARM:
            before, told = footprint(world), world.truth.revision()
        clock.ahead(hour * 3600)
        if hour < _WARM:
            await_ack(world)
        if hour % _HOURS == _AWAY.start:
            world.slack.faults.add("chat.*", "error", error="service_unavailable", times=None)
        if hour % _HOURS == _AWAY.stop:
            await_ack(world)  # whoever typed meanwhile has not been in vain
            world.slack.faults.clear()
        _await_turns(world, _TURNS)
    clock.ahead(0)
    _compare(world, before, footprint(world), world.truth.revision() - told)


def _await_turns(world: World, count: int) -> None:
    """Until every loop turned so often again."""
    goal = _turns(world) + count
    world.wait_for(lambda: _turns(world) >= goal)
    world.notes["turns of every loop"] += count


def _turns(world: World) -> int:
    """Of the slowest loop."""
    return min(file.stat().st_size for file in (world.folder / "turns").iterdir())


def footprint(world: World) -> dict[str, int]:
    """The least that the process holds; what it left lying about is looked at in the end."""
    looks = []
    for _ in range(_LOOKS):
        looks.append(_look(world))
        time.sleep(_PAUSE)
    return {name: min(look[name] for look in looks) for name in _MARGINS}


def _look(world: World) -> dict[str, int]:
    child = world.processes[0].child
    assert child
    proc = Path(f"/proc/{child.pid}")
    resident = next(
        int(line.split()[1])
        for line in (proc / "status").read_text().splitlines()
        if line.startswith("RssAnon")
    )
    return {
        "descriptors": len(list((proc / "fd").iterdir())),
        "threads": len(list((proc / "task").iterdir())),
        "memory, MB": resident // 1024,
    }


def _compare(world: World, before: dict[str, int], after: dict[str, int], changes: int) -> None:
    for name in _MARGINS:
        world.notes[f"{name} at first"] = before[name]
        world.notes[f"{name} at the end"] = after[name]
    margins = {**_MARGINS, "memory, MB": _MARGINS["memory, MB"] + changes * _HISTORY}
    grown = [name for name, margin in margins.items() if after[name] > before[name] + margin]
    assert not grown, f"{', '.join(grown)}: {before} became {after}"
