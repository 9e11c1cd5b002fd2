"""When an incident went on, by its phases."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.status import Phase
from bot.core.stretches import Stretch, stretches

ZERO = datetime(2013, 2, 22, tzinfo=UTC)
SPAN = 20  # minutes
PHASES = st.lists(st.tuples(st.integers(0, SPAN), st.sampled_from(Phase)), max_size=8)


def at(minute):
    return ZERO + timedelta(minutes=minute)


def of(*told):
    return list(stretches((at(minute), phase) for minute, phase in told))


def test_one_goes_on_until_it_is_over():
    running = [(1, Phase.INVESTIGATING), (2, Phase.MONITORING)]
    assert of(*running) == [Stretch(at(1), None)]
    assert of(*running, (5, Phase.RESOLVED)) == [Stretch(at(1), at(5))]


def test_what_is_told_after_the_end_adds_nothing_but_reopening_does():
    told = [(1, Phase.INVESTIGATING), (2, Phase.RESOLVED), (9, Phase.POSTMORTEM)]
    assert of(*told) == [Stretch(at(1), at(2))]
    reopened = [*told, (12, Phase.IDENTIFIED), (13, Phase.RESOLVED)]
    assert of(*reopened) == [Stretch(at(1), at(2)), Stretch(at(12), at(13))]


def test_a_maintenance_that_is_only_planned_does_not_go_on():
    assert of((1, Phase.SCHEDULED)) == []
    assert of((1, Phase.SCHEDULED), (2, Phase.COMPLETED)) == []
    begun = [(1, Phase.SCHEDULED), (2, Phase.IN_PROGRESS), (3, Phase.COMPLETED)]
    assert of(*begun) == [Stretch(at(2), at(3))]


@given(told=PHASES.map(lambda told: sorted(told, key=lambda each: each[0])))
def test_it_goes_on_where_the_last_word_says_so_and_nowhere_else(told):
    found = of(*told)
    for minute in range(SPAN + 1):
        said = [phase for moment, phase in told if moment <= minute]
        within = [
            one
            for one in found
            if one.start <= at(minute) and (not one.end or at(minute) < one.end)
        ]
        assert len(within) == bool(said and said[-1].is_running)
