"""F18: a process dies while Slack has its call."""

import time
from random import Random

from tests.faults.scenario import scenario
from tests.faults.slack.scenarios import await_posts, await_told
from tests.faults.world import MANY, ONE, World

_LATE = 1.1  # seconds; by then a call's sender would have given it up


@scenario("F18", topologies=(ONE, MANY), short=4, long=100, batch=50, every=2.0)
def deaths_in_mid_call(world: World, runs: int, random: Random) -> None:
    """Slack carries a post or an edit out after the process that sent it was killed."""
    for left in range(runs, 0, -1):
        if left % 3 == 0:  # who is far behind posts, and edits nothing
            await_told(world)
        edits = left % 3 == 1  # the last one, too: nobody mends what it leaves
        method = "chat.update" if edits else "chat.postMessage"
        seconds = _LATE if edits else random.uniform(0.05, _LATE)
        fault = world.slack.faults.add(method, "late", seconds=seconds)
        world.wait_for(lambda fault=fault: fault.times == 0)
        for one in world.processes:
            if one.role != "web":
                one.kill()
        world.notes[method] += 1
        if edits and (number := _last_edited(world)):  # so that the next process edits that, too
            world.duckrow("incident", "rename", f"#{number}", f"hand-{left} by hand")
        world.heal()
        await_posts(world)
    time.sleep(_LATE)  # what is late still has to come before all is judged


def _last_edited(world: World) -> int | None:
    """The number of the incident of which Slack got an edit last; None where it was withdrawn."""
    ts = world.slack.called("chat.update")[-1].arguments["ts"]
    rows = world.truth.rows()
    id_ = next(one["incident_id"] for one in rows.delivery if one["ts"] == ts)
    standing = {one["incident_id"] for one in rows.told() if one["retracted_at"] is None}
    return next((one["number"] for one in rows.incident if one["id"] in {id_} & standing), None)
