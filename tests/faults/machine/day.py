"""I15: a day of incidents, hours of Slack's absence among them, leaves nothing behind."""

from pathlib import Path
from random import Random

from tests.faults.machine.scenarios import OWN_TIME, await_ack, await_told
from tests.faults.scenario import scenario
from tests.faults.world import BRISK, ONE, World
from tests.support.machine import Clock

_HOURS, _WARM = 24, 3
_AWAY = range(8, 14)  # Slack
# What may come on top after the first hours, however long the day: a pool's connections, a cache.
_MARGINS = {"descriptors": 20, "threads": 12, "memory, MB": 40}


@scenario(
    "F27",
    topologies=(ONE,),
    short=1,
    long=5,
    batch=1,
    every=0.5,
    setups=(BRISK, OWN_TIME),
)
def simulated_day(world: World, runs: int, random: Random) -> None:
    """A day in which an hour takes half a second, six hours of it without Slack."""
    clock = Clock(world.folder)
    before: dict[str, int] = {}
    for hour in range(_HOURS * runs):
        clock.ahead(hour * 3600)
        if hour % _HOURS == _AWAY.start:
            world.slack.faults.add("chat.*", "error", error="service_unavailable", times=None)
        if hour % _HOURS == _AWAY.stop:
            world.slack.faults.clear()
        await_ack(world)
        if hour == _WARM:
            before = footprint(world)
    clock.ahead(0)
    await_told(world)
    _compare(world, before, footprint(world))


def footprint(world: World) -> dict[str, int]:
    """What the process holds; what it left lying about is looked at when all has settled."""
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


def _compare(world: World, before: dict[str, int], after: dict[str, int]) -> None:
    for name, margin in _MARGINS.items():
        world.notes[f"{name} at first"] = before[name]
        world.notes[f"{name} at the end"] = after[name]
        assert after[name] <= before[name] + margin, f"{name}: {before} became {after}"
