"""The harness catches the mistakes that it is there for. (The unconditional put: targets/.)"""

import math
import threading

import pytest

from tests.faults.journal import Outcome
from tests.faults.kills.scenarios import die_at, kills
from tests.faults.people import CHANNEL
from tests.faults.points import Trap
from tests.faults.scenario import in_world
from tests.faults.seeds.durability import traced, undurable
from tests.faults.seeds.plants import SLOW
from tests.faults.world import MANY, ONE

pytestmark = pytest.mark.timeout(600)

DEATHS = 4
TYPED = 4  # of three people, each of whom meets a commit in doubt before their third line


def planted(name):
    """The seed, as a setup of every child."""
    return ((f"tests.faults.seeds.plants:{name}", {}),)


def deaths_at(point, world):
    """People type, and processes die at one point; what the harness says of it."""
    with world.reading():
        with world.typing(every=0.3):
            for _ in range(DEATHS):
                die_at(world, point, 1)
                world.heal()
                world.await_ready()
        # Whoever answers before they commit is not at rest once all are answered: no commit of
        # theirs may come while the page is looked at.
        world.processes[0].kill()
        world.heal()
        world.await_ready()
        world.settle()
    assert world.notes[point] > 0, "no process ever came by that point"
    return world.violations()


@pytest.mark.parametrize(
    ("seed", "point", "invariant", "words"),
    [
        ("ack_before_commit", "before-commit", "I1", "lost"),
        ("post_without_read_back", "posted-not-stored", "I4", "doubles"),
    ],
)
def test_a_seeded_bug_is_caught_and_its_absence_is_clean(
    fault_servers, seed, point, invariant, words
):
    with in_world(kills, ONE, fault_servers, seed=1, setups=planted(seed)) as world:
        found = deaths_at(point, world)
    assert {one.invariant for one in found} == {invariant}
    assert any(words in one.what for one in found)
    with in_world(kills, ONE, fault_servers, seed=1) as world:
        assert deaths_at(point, world) == []


@pytest.mark.parametrize("seeded", [True, False])
def test_a_commit_in_doubt_that_is_told_as_refused_is_caught(fault_servers, seeded):
    setups = planted("lose_outcomes") + (planted("refuse_what_is_in_doubt") if seeded else ())
    with in_world(kills, ONE, fault_servers, seed=1, setups=setups) as world:
        with world.typing(every=0.1):  # and press Try again
            world.wait_for(lambda: world.journal.count(Outcome.ACKED) >= TYPED)
        world.settle()
        found = world.violations()
        changes = {row["key"]: row["at"].timestamp() for row in world.truth.rows().change}
        entries = world.journal.entries()
    assert {one.invariant for one in found} == ({"I10"} if seeded else set())
    assert all("was refused, though it was saved" in one.what for one in found)
    # And nobody else: whoever a busy machine did not serve was refused before anything was saved.
    wrongly = [one for one in entries if (one.refused_at or 0) > changes.get(one.key, math.inf)]
    assert bool(wrongly) is seeded


def edit_what_was_not_stored(world):
    """An update is posted and whoever did so dies; before anybody looks for it, it is edited."""
    world.insist("ana", "/incident open ana-1 | ana-1: first words")
    world.settle()
    trap = Trap(world.folder)
    trap.set("posted-not-stored")
    world.wait_for(lambda: is_deadly(world, "/incident update #1 ana-2: as it was typed"))
    assert trap.await_taken(0)
    world.duckrow("incident", "edit", "#1", "ana-3: as it should have been")
    world.heal()
    world.settle()
    return world.violations()


def is_deadly(world, line):
    """Somebody types it, perhaps once more; whether the process has died of what it then did."""
    world.slack.say("ana", CHANNEL, line)
    return not world.processes[0].alive


@pytest.mark.parametrize("seeded", [True, False])
def test_an_edit_that_slack_does_not_hear_of_is_caught(fault_servers, seeded):
    setups = planted("take_what_is_found_for_current") if seeded else ()
    with in_world(kills, ONE, fault_servers, seed=1, setups=setups) as world:
        found = edit_what_was_not_stored(world)
    assert {one.invariant for one in found} == ({"I4"} if seeded else set())
    assert any("as it was typed" in one.what for one in found) is seeded


def overtake(world, number):
    """Two new incidents; the update of the first begins first, and commits last."""
    for one in (number, number + 1):
        world.insist("ana", f"/incident open {one} | of {one}")
    world.settle()
    begun = world.folder / SLOW
    begun.unlink(missing_ok=True)
    slow = f"/incident update #{number} of {number}, {SLOW}"
    late = threading.Thread(target=world.slack.say, args=("ana", CHANNEL, slow))
    late.start()
    world.wait_for(lambda: begun.exists() or not late.is_alive())
    world.slack.say("ben", CHANNEL, f"/incident update #{number + 1} of {number + 1}, at once")
    late.join()


@pytest.mark.parametrize("seeded", [True, False])
def test_a_cursor_that_follows_a_sequence_skips_what_commits_late(fault_servers, seeded):
    setups = planted("cursor_by_serial") if seeded else ()
    with in_world(kills, MANY, fault_servers, seed=1, setups=setups) as world:
        for number in (1, 3, 5):  # of incidents: a busy machine may be late once
            overtake(world, number)
        world.settle()
        found = {one.invariant for one in world.violations()}
    assert ("I5" in found) is seeded
    assert bool(found) is seeded


@pytest.mark.parametrize("seeded", [True, False])
def test_a_rename_without_fsync_is_caught(tmp_path, seeded):
    root = tmp_path / "public"
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/ledger.db", "PUBLISH_URL": str(root)}
    setups = planted("rename_without_fsync") if seeded else ()
    found = list(undurable(traced(tmp_path, env, setups), root))
    assert bool(found) is seeded
