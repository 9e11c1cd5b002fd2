"""F11: a standby that lagged is promoted, and the page tells it what it lacks."""

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from random import Random

from tests.faults.postgres.place import pair_of, paired
from tests.faults.postgres.scenarios import await_ack
from tests.faults.scenario import scenario
from tests.faults.truth import Row, Rows
from tests.faults.world import MANY, MANY_BOTH, World
from tests.support.clusters import NAME

# What was retracted does not come back, nor does the page say that it ever was: see decision 12.
KEPT = ("edit", "rename", "reopen")


@scenario(
    "F11",
    topologies=(MANY, MANY_BOTH),
    short=1,
    long=10,
    batch=1,
    around=paired,
    corrections=KEPT,
)
def stale_promotions(world: World, runs: int, random: Random) -> None:
    """A standby that lagged is promoted; what was published comes back from the page."""
    for _ in range(runs):
        pair_of(world).stand_alone()  # so that nobody waits for the standby
        pair_of(world).standby.kill()
        standing = world.truth.rows()
        time.sleep(random.uniform(1, 3))
        await_update(world, standing)
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
        await_back(world, before)
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


def await_update(world: World, since: Rows) -> None:
    """Until there is an update that was not there then: whoever types may have stood still."""
    world.wait_for(lambda: lost(world.truth.rows(), since))


def await_back(world: World, before: Rows) -> None:
    """Until the ledger says all that it said before, or it is clear that it does not."""
    with suppress(TimeoutError):
        world.wait_for(lambda: not differ(before, world.truth.rows()))
    assert differ(before, world.truth.rows()) == []


def differ(before: Rows, after: Rows) -> list[str]:
    """Updates and titles that are not there, or with other words; their markup is gone."""
    was, now = _said(before), _said(after)
    return [f"{was[id_]} became {now.get(id_)}" for id_ in was if was[id_] != now.get(id_)]


def _said(rows: Rows) -> dict[str, list[str]]:
    """The words of each update and title, by its id."""
    updates = {row["id"]: row["text"].replace("_", " ") for row in rows.incident_update}
    every = updates | {row["id"]: row["title"] for row in rows.incident}
    return {id_: re.findall(r"\w+", text) for id_, text in every.items()}


def remembering(before: Rows, after: Rows) -> Rows:
    """As if the lost history had not been lost: the rest is judged as ever."""
    lost = {row["revision"] for row in before.change} - {row["revision"] for row in after.change}
    back = {row["id"]: row for row in before.incident_update if row["revision"] in lost}
    recoveries = {row["revision"] for row in after.change if _brings_back(row)}
    asked = {row["key"] for row in after.request}
    return replace(
        after,
        change=(*(row for row in before.change if row["revision"] in lost), *_known(after)),
        incident_update=tuple(
            _by_heart(row, back[row["id"]], recoveries) if row["id"] in back else row
            for row in after.incident_update
        ),
        request=(*after.request, *(row for row in before.request if row["key"] not in asked)),
    )


def _known(rows: Rows) -> Iterator[Row]:
    """The changes; of a recovery it is no news what it told."""
    for row in rows.change:
        yield {**row, "incidents": "[]"} if _brings_back(row) else row


def _brings_back(change: Row) -> bool:
    return bool(change["key"].startswith("recover:"))


def _by_heart(row: Row, was: Row, recoveries: set[int]) -> Row:
    """Who wrote it, and, unless it was edited since, its markup."""
    text = was["text"] if row["revision"] in recoveries else row["text"]
    return {**row, "author_id": was["author_id"], "text": text}
