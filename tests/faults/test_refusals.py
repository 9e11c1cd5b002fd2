"""Whoever was told "Not saved" was told so rightly, whatever they heard later."""

from dataclasses import replace
from datetime import timedelta

from tests.faults.invariants import judge
from tests.faults.journal import Balanced, Entry, Journal, Outcome
from tests.faults.test_invariants import IN_ORDER, NOON, entries


def refused_at(seconds):
    """The last line was answered "Not saved" then; in the end they heard that it was saved."""
    return entries(7, refused_at=(NOON + timedelta(seconds=seconds)).timestamp())


def test_a_refusal_of_what_was_saved_is_found_even_after_try_again():
    seen = replace(IN_ORDER, **refused_at(7.5))
    assert [one.invariant for one in judge(seen)] == ["I10"]


def test_what_was_refused_may_be_saved_by_trying_again():
    assert judge(replace(IN_ORDER, **refused_at(6.999))) == []


def test_by_two_clocks_nothing_can_be_said_of_refusals():
    assert judge(replace(IN_ORDER, **refused_at(7.5), is_one_clock=False)) == []


def test_a_refusal_is_remembered_whatever_is_heard_later():
    journal, entry = Journal(Balanced(())), Entry("key", "U1", "resolve #1 over", invoked=1.0)
    journal.heard(entry, "Not saved: the database does not answer just now.")
    first = entry.refused_at
    journal.heard(entry, "Saved as #1, update 3: ana-5 is Resolved.")
    assert first is not None
    assert (entry.outcome, entry.refused_at) == (Outcome.ACKED, first)


def test_a_refusal_after_try_again_speaks_of_what_was_asked_for_before():
    journal, entry = Journal(Balanced(())), Entry("key", "U1", "resolve #1 over", invoked=1.0)
    journal.heard(entry, "Not saved: the database does not answer just now.", asked=2.0)
    assert entry.refused_at == 2.0
