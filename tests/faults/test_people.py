"""What people believe of their incidents is so, and what they are answered is understood."""

from random import Random

import pytest

from tests.faults.journal import Entry, Outcome, body_of, outcome_of, title_of, tokens
from tests.faults.people import CORRECTIONS, Case
from tests.faults.retold import Report

SAYING = ("update", "monitoring", "resolve")


def story(random):
    """Random sentences about one incident, each with what was believed and what is so after it."""
    case: Case | None = Case(1)
    report = Report(1, "")
    verb = "open"
    for _ in range(12):
        assert case
        case, (report, _subject) = case.after(verb), report.after(f"{verb} #1 words", "U1")
        yield case, report
        if case is None:
            return
        possible = [one for one in CORRECTIONS if case.may(one)]
        verb = random.choice([*possible, *(() if case.is_over else SAYING)])


@pytest.mark.parametrize("seed", range(30))
def test_whoever_types_knows_how_their_incident_stands(seed):
    for case, report in story(Random(seed)):
        if case is None:
            assert report.standing == ()
        else:
            assert (len(case.said), case.is_over) == (len(report.standing), not report.is_open)


@pytest.mark.parametrize(
    ("answer", "subject", "number"),
    [
        ("Saved as #12, update 3: www is Resolved.", "#12, update 3", 12),
        ("Already saved as #12, update 3: www is Resolved.", "#12, update 3", 12),
        ("Saved: #12, update 3 has its new text.", "#12, update 3", 12),
        ("Already saved: #12, update 3 is off the page. It is …", "#12, update 3", 12),
        ("Saved: #12 is now called www.", "#12", 12),
    ],
)
def test_each_kind_of_ack_says_what_was_saved(answer, subject, number):
    entry = Entry("key", "U1", "edit #12 words", 0.0, outcome_of(answer), answer)
    assert (entry.outcome, entry.subject, entry.number) == (Outcome.ACKED, subject, number)


@pytest.mark.parametrize(
    ("line", "title", "body"),
    [
        ("open www=down ana-1 | ana-1: words", "ana-1", "ana-1: words"),
        ("resolve #1 ana-1: words\nand more", "ana-1: words\nand more", "ana-1: words\nand more"),
        ("rename #1 ana-1 by another name", "ana-1 by another name", "ana-1 by another name"),
        ("update #1 class=partial ana-1: www=x", "ana-1: www=x", "ana-1: www=x"),
    ],
)
def test_a_line_is_read_as_the_program_reads_it(line, title, body):
    assert (title_of(line), body_of(line)) == (title, body)


def test_the_marks_of_what_people_type_are_told_apart():
    assert tokens("#1 ana-1 is ana-17: <script>&") == {"ana-1", "ana-17"}
