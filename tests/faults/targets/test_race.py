"""Two publishers race for one object store: the newest wins, and nothing older ever replaces it."""

import obstore
import pytest

from tests.faults.targets import race, seeds

PUTS = 500  # the long race: python -m tests.faults.targets.race


def test_of_racing_publishers_the_newest_wins_at_every_address():
    found = race.run(PUTS, seed=7)
    assert found.backward == []
    assert found.outrun, found  # they did race
    assert found.reads, found
    assert found.taken >= PUTS, found
    assert found.row().runs == found.taken


def test_the_race_sees_a_put_without_a_condition(monkeypatch):
    monkeypatch.setattr(obstore, "put", obstore.put)  # so that it comes back
    seeds.unconditional_put()
    found = race.run(PUTS, seed=7, faulty=0)
    assert found.backward, found


@pytest.mark.parametrize("taken", [[1, 2, 1], [3, 3, 2]])
def test_a_store_that_took_an_older_one_is_noticed(taken):
    found = race.Race(seed=1, puts=len(taken))
    noted = race._Noted(found)
    for revision in taken:
        noted("index.html", revision)
    assert found.backward
