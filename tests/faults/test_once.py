"""What is carried out twice is found, but where the program does not promise to know it again."""

from dataclasses import replace
from datetime import timedelta

from tests.faults.invariants import once
from tests.faults.journal import GAVE_UP, Outcome
from tests.faults.test_invariants import ENTRIES, IN_ORDER, NOON, ROWS, TYPED, again, changed


def twice(revision, *, late="again", **how):
    """What was typed there was carried out again at the end; of one of the two Slack gave up."""
    line = TYPED[revision - 1][0]
    lost = {"outcome": Outcome.UNKNOWN, "answer": GAVE_UP, "answered": 99.0}
    entries = (*ENTRIES, replace(ENTRIES[revision - 1], key="again", outcome=Outcome.UNKNOWN))
    every = [replace(one, **lost) if one.key == late else one for one in entries]
    return {"entries": tuple(every), "rows": again(8, line, **how)}


def opened_twice(**how):
    """As if the first line had made two incidents."""
    changes = twice(1, **how)
    rows = changes["rows"]
    return changes | {"rows": replace(rows, change=changed(rows.change, 7, incidents='["j"]'))}


def doubled(changes):
    """What is found."""
    return list(once(replace(IN_ORDER, **changes)))


def test_what_slack_gave_up_on_may_come_after_others():
    assert doubled(twice(6)) == []


def test_what_slack_gave_up_on_is_known_again_while_nothing_else_happened():
    assert doubled(twice(7))
    assert doubled(twice(7, late="key 7"))


def test_an_incident_is_opened_once_whatever_happened_since():
    assert doubled(opened_twice())
    assert doubled(opened_twice(late="key 1"))


def test_after_two_minutes_nothing_is_known_again():
    assert doubled(opened_twice(after=timedelta(minutes=3))) == []
    assert doubled(twice(7, after=timedelta(minutes=3))) == []


def test_a_ledger_that_came_back_from_its_page_knows_no_line_again():
    changes = twice(7)
    rows = changes["rows"]
    recovery = {**rows.change[7], "key": "recover:a page", "incidents": "[]"}
    second = {**rows.change[7], "revision": 9, "at": NOON + timedelta(minutes=1)}
    requests = changed(rows.request, 7, revision=9)
    back = replace(rows, change=(*ROWS.change, recovery, second), request=requests)
    assert doubled(changes | {"rows": back}) == []
