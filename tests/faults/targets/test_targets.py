"""Object stores under fault, as short as the suite can afford."""

import time
from dataclasses import replace

from tests.faults.scenario import in_world, short
from tests.faults.targets.places import ONE_BOTH, road_of
from tests.faults.targets.scenarios import store_down, store_lossy, store_shared
from tests.faults.truth import posted
from tests.faults.world import BRISK, MANY_S3

test_a_store_that_is_down_for_a_while_is_brought_up_to_date = short(store_down, MANY_S3)
test_puts_whose_outcome_is_unknown_do_no_harm = short(store_lossy, MANY_S3)
test_a_stopped_worker_and_the_command_line_write_nothing_older = short(store_shared, MANY_S3)

_SILENCE = 14.0  # seconds: longer than the channel waits, and than one call may take
_CURRENT = 30.0


def test_a_target_that_hangs_keeps_the_other_one_neither_old_nor_unheard(fault_servers):
    patient = replace(store_down, setups=(BRISK,))
    with in_world(patient, ONE_BOTH, fault_servers, seed=3) as world:
        folder, store = world.place.targets
        with world.reading():
            road_of(world).fault = lambda _: "hang"
            with world.typing(every=0.5):
                began = time.monotonic()
                late = []
                while time.monotonic() < began + _SILENCE or not news(world):
                    late.append(seconds_until_current(world, folder))
                road_of(world).heal()
            world.settle()
        assert max(late) < _CURRENT
        world.wait_for(lambda: len(news(world)) == 2)
        bad, good = news(world)
        assert "is behind since" in bad
        assert f"`{store.url}` cannot be written (" in bad
        assert f"is up to date again: `{store.url}` shows revision" in good
        assert world.violations() == []


def seconds_until_current(world, target):
    began = time.monotonic()
    revision = world.truth.revision()
    world.wait_for(lambda: (world.marker(target) or {}).get("revision", 0) >= revision)
    time.sleep(0.2)
    return time.monotonic() - began


def news(world):
    """What the channel heard of the page."""
    return [one.text for one in posted(world.slack) if "The public page" in one.text]
