"""F11: a standby that lagged is promoted, and the page tells it what it lacks."""

import re
import signal
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from random import Random

from tests.faults.postgres.place import pair_of, paired
from tests.faults.postgres.scenarios import await_ack
from tests.faults.scenario import scenario
from tests.faults.truth import Row, Rows
from tests.faults.world import MANY, MANY_BOTH, World
from tests.support.clusters import NAME


@scenario("F11", topologies=(MANY, MANY_BOTH), short=1, long=20, batch=1, around=paired)
def stale_promotions(world: World, runs: int, random: Random) -> None:
    """A standby that lagged is promoted; what was published comes back from the page."""
    for _ in range(runs):
        pair_of(world).stand_alone()  # so that nobody waits for the standby
        pair_of(world).standby.kill()
        time.sleep(random.uniform(1, 3))
        _promote_what_lags(world)
        await_ack(world, time.monotonic())


def _promote_what_lags(world: World) -> None:
    pair = pair_of(world)
    with _nobody_saves(world):
        world.wait_for(world._page_is_current)
        before = world.truth.rows()
        pair.primary.kill()
        pair.standby.start()
        pair.promote()
        pair.stand_alone()
        world.notes["updates lost"] += len(lost(before, world.truth.rows()))
        assert world.notes["updates lost"], "the standby did not lag"
        world.wait_for(lambda: not lost(before, world.truth.rows()))
    assert differ(before, world.truth.rows()) == []
    world.history = partial(remembering, before)


@contextmanager
def _nobody_saves(world: World):
    """The web processes stand still, so that history does not fork; what they read waits."""
    webs = [process for process in world.processes if process.role == "web"]
    with pair_of(world).primary.connect(NAME) as other, other.transaction():
        other.execute("SELECT 1 FROM page FOR UPDATE")  # nobody is amid a commit
        for process in webs:
            process.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in webs:
            process.signal(signal.SIGCONT)


def lost(before: Rows, after: Rows) -> set[str]:
    return _ids(before) - _ids(after)


def _ids(rows: Rows) -> set[str]:
    return {row["id"] for row in rows.incident_update}


def differ(before: Rows, after: Rows) -> list[str]:
    """Updates that came back with other words; their markup is gone."""
    now = {row["id"]: row for row in after.incident_update}
    return [
        f"{row['text']!r} became {now[row['id']]['text']!r}"
        for row in before.incident_update
        if _words(row) != _words(now[row["id"]])
    ]


def _words(row: Row) -> list[str]:
    return re.findall(r"\w+", row["text"].replace("_", " "))


def remembering(before: Rows, after: Rows) -> Rows:
    """As if the lost history had not been lost: the rest is judged as ever."""
    lost = {row["revision"] for row in before.change} - {row["revision"] for row in after.change}
    back = {row["id"]: row for row in before.incident_update if row["revision"] in lost}
    asked = {row["key"] for row in after.request}
    return replace(
        after,
        change=(*(row for row in before.change if row["revision"] in lost), *after.change),
        incident_update=tuple(back.get(row["id"], row) for row in after.incident_update),
        request=(*after.request, *(row for row in before.request if row["key"] not in asked)),
    )
