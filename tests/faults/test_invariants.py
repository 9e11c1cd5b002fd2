"""Each check finds the one thing that it is for, and nothing in a world that is in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.invariants import Evidence, judge
from tests.faults.journal import Entry, Outcome
from tests.faults.reader import Reader, Sight
from tests.faults.truth import Posted, Rows

NOON = datetime(2013, 2, 22, 12, tzinfo=UTC)
TEXTS = ("first words", "second words")


def entry(revision, text, **other):
    line = f"open Title | {text}" if revision == 1 else f"resolve #1 www=ok {text}"
    answer = f"Saved as #1, update {revision}: Title is Investigating."
    times = {"invoked": 10.0 * revision, "answered": 10.0 * revision + 1, "took": [1.0]}
    known = {"outcome": Outcome.ACKED, "answer": answer, **times}
    return Entry(f"key {revision}", "U1", line, **{**known, **other})


def rows_of(*texts):
    every = list(enumerate(texts, start=1))
    return Rows(
        change=tuple(
            {"revision": at, "at": NOON + timedelta(seconds=at), "key": f"key {at}"}
            for at, _ in every
        ),
        incident=({"id": "i", "number": 1},),
        incident_update=tuple(
            {
                "id": f"u{at}",
                "incident_id": "i",
                "number": at,
                "revision": at,
                "text": text,
                "author_id": "U1",
                "phase": "investigating" if at == 1 else "resolved",
            }
            for at, text in every
        ),
        request=tuple({"key": f"key {at}", "revision": at} for at, _ in every),
        delivery=(
            {"id": "d0", "incident_id": "i", "update_id": None, "kind": "root"},
            *(
                {"id": f"d{at}", "incident_id": "i", "update_id": f"u{at}", "kind": "update"}
                for at, _ in every
            ),
        ),
        publication=(),
        page=(),
    )


POSTED = (
    Posted("1.0", None, "d0", "root"),
    Posted("2.0", "1.0", "d1", "first words"),
    Posted("3.0", "1.0", "d2", "second words"),
)
ENTRIES = (entry(1, TEXTS[0]), entry(2, TEXTS[1]))
ROWS = rows_of(*TEXTS)
IN_ORDER = Evidence(ENTRIES, ROWS, POSTED)


def saw(path, stated, *, green):
    reader = Reader("http://127.0.0.1/")
    reader.sights.append(Sight(path, stated, "", green, 0.0))
    return (reader,)


def test_a_world_in_order_has_no_violation():
    calm = saw("index.html", 2, green=True)
    assert judge(replace(IN_ORDER, readers=calm)) == []


BROKEN = {
    "an acknowledged update without a row": (
        "I1",
        {"rows": replace(ROWS, request=ROWS.request[:1], incident_update=ROWS.incident_update[:1])},
    ),
    "another text than was typed": ("I1", {"rows": rows_of("first words", "other words")}),
    "an answer that names another update": (
        "I1",
        {"entries": (ENTRIES[0], replace(ENTRIES[1], answer="Saved as #1, update 7: so."))},
    ),
    "a text that stands twice": ("I1", {"rows": rows_of("first words", "first words")}),
    "a row that nobody asked for": ("I2", {"entries": ENTRIES[:1]}),
    "a row by somebody else": ("I2", {"entries": (ENTRIES[0], replace(ENTRIES[1], person="U2"))}),
    "a gap in the revisions": (
        "I3",
        {"rows": replace(ROWS, change=(ROWS.change[0], {**ROWS.change[1], "revision": 3}))},
    ),
    "what was acknowledged first, told last": (
        "I3",
        {"entries": (replace(ENTRIES[0], invoked=90.0, answered=91.0), ENTRIES[1])},
    ),
    "an update that is in no thread": ("I4", {"posted": POSTED[:2]}),
    "an update that is in its thread twice": (
        "I4",
        {"posted": (*POSTED, replace(POSTED[2], ts="4.0"))},
    ),
    "a thread in another order": (
        "I4",
        {"posted": (POSTED[0], replace(POSTED[2], ts="1.5"), POSTED[1])},
    ),
    "a message of no delivery": ("I4", {"posted": (*POSTED, Posted("9.0", None, "dx", "?"))}),
    "a page of a revision that never was": ("I5", {"readers": saw("index.html", 9, green=False)}),
    "a page that is green while an incident is open": (
        "I9",
        {"readers": saw("api/v2/status.json", NOON + timedelta(seconds=1), green=True)},
    ),
    "a page that is late": ("I7", {"recovered_in": 500.0}),
    "a refusal of what was saved": (
        "I10",
        {"entries": (ENTRIES[0], entry(2, TEXTS[1], outcome=Outcome.REFUSED, answer="Not saved"))},
    ),
    "an answer that came late": ("I10", {"entries": (ENTRIES[0], entry(2, TEXTS[1], took=[60.0]))}),
    "more requests than were made": (
        "I15",
        {"rows": replace(ROWS, request=(*ROWS.request, {"key": "another", "revision": None}))},
    ),
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_what_does_not_hold_is_found(wrong):
    invariant, changes = BROKEN[wrong]
    assert invariant in {one.invariant for one in judge(replace(IN_ORDER, **changes))}
