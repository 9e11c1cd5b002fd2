"""What a reader may keep of incidents, and what it forgets."""

from contextlib import contextmanager

import pytest

from storage.known import Known
from tests.support.telling import open_incident


@contextmanager
def reading(database, known):
    known.trim()
    with database.read() as ledger:
        ledger.known = known
        yield ledger


@pytest.fixture
def six(database):
    for number in range(6):
        open_incident(database, f"Trouble {number + 1}")
    return database


def ask(database, known, *numbers):
    with reading(database, known) as ledger:
        return [ledger.incident(number) for number in numbers]


def test_what_was_not_asked_for_longest_is_forgotten_first(six):
    known = Known(most=2)
    first, second = ask(six, known, 1, 2)
    ask(six, known, 1)
    ask(six, known, 3)
    (again,) = ask(six, known, 1)
    assert again is first
    (anew,) = ask(six, known, 2)
    assert anew is not second
    assert anew == second


def test_what_one_reading_needs_stays_however_much_it_is(six):
    known = Known(most=2)
    every = range(1, 7)
    before = ask(six, known, *every)
    after = ask(six, known, *every)
    assert all(one is same for one, same in zip(after, before, strict=True))


def test_it_does_not_grow_beyond_what_it_may_keep(six):
    known = Known(most=2)
    for number in range(1, 7):
        ask(six, known, number)
    known.trim()
    assert len(known) == 2
