"""Each check finds the one thing that it is for, and nothing in a world that is in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.invariants import Evidence, judge
from tests.faults.journal import GAVE_UP, Entry, Outcome
from tests.faults.reader import Reader, Sight
from tests.faults.truth import Posted, Rows

NOON = datetime(2013, 2, 22, 12, tzinfo=UTC)

# What one person does, and is answered: it ends with two updates, of which the second is retracted.
TYPED = (
    ("open www=down ana-1 | ana-1: first", "Saved as #1, update 1: ana-1 is Investigating."),
    ("update #1 ana-2: second", "Saved as #1, update 2: ana-1 is Investigating."),
    ("edit #1 ana-3: in other words", "Saved: #1, update 2 has its new text."),
    ("retract #1", "Saved: #1, update 2 is off the page. The incident is Investigating again."),
    ("edit #1 ana-4: first, corrected", "Saved: #1, update 1 has its new text."),
    ("rename #1 ana-5", "Saved: #1 is now called ana-5."),
    ("resolve #1 ana-6: over", "Saved as #1, update 3: ana-5 is Resolved."),
)
PHASES = ("investigating", "investigating", "resolved")
TEXTS = ("ana-4: first, corrected", "ana-3: in other words", "ana-6: over")


def entry(revision):
    line, answer = TYPED[revision - 1]
    times = {"invoked": 10.0 * revision, "answered": 10.0 * revision + 1, "took": [1.0]}
    return Entry(f"key {revision}", "U1", line, outcome=Outcome.ACKED, answer=answer, **times)


def changed(rows, at, **columns):
    """The rows with some columns of one of them changed."""
    return tuple({**row, **columns} if n == at else row for n, row in enumerate(rows))


ENTRIES = tuple(map(entry, range(1, len(TYPED) + 1)))
ROWS = Rows(
    change=tuple(
        {
            "revision": at,
            "at": NOON + timedelta(seconds=at),
            "key": f"key {at}",
            "incidents": '["i"]',
        }
        for at in range(1, len(TYPED) + 1)
    ),
    incident=({"id": "i", "number": 1, "title": "ana-5", "is_open": False},),
    incident_update=tuple(
        {
            "id": f"u{number}",
            "incident_id": "i",
            "number": number,
            "text": text,
            "author_id": "U1",
            "phase": phase,
            "retracted_at": NOON if number == 2 else None,
        }
        for number, (phase, text) in enumerate(zip(PHASES, TEXTS, strict=True), start=1)
    ),
    request=tuple(
        {
            "key": f"key {at}",
            "revision": at,
            "at": NOON + timedelta(seconds=at),
            "author_id": "U1",
            "line": line,
        }
        for at, (line, _) in enumerate(TYPED, start=1)
    ),
    delivery=tuple(
        {"id": id_, "incident_id": "i", "update_id": update, "kind": kind, "error": None}
        for id_, update, kind in (
            *(("d0", None, "root"), ("d1", "u1", "update"), ("d2", "u2", "update")),
            *(("d3", "u3", "update"), ("d4", "u3", "closing")),
        )
    ),
    publication=(),
    page=(),
)
POSTED = (
    Posted("1.0", None, "d0", "#1 ana-5: Resolved. ana-6: over"),
    Posted("2.0", "1.0", "d1", "ana-4: first, corrected"),
    Posted("3.0", "1.0", "d2", "Update 2 was retracted."),
    Posted("4.0", "1.0", "d3", "ana-6: over"),
    Posted("5.0", "1.0", "d4", "Resolved after 3 min: 2 updates"),
)
IN_ORDER = Evidence(ENTRIES, ROWS, POSTED)


def saw(path, stated, *, green):
    reader = Reader("http://127.0.0.1/")
    reader.sights.append(Sight(path, stated, "", green, 0.0))
    return (reader,)


def updates_of(at, **columns):
    return {"incident_update": changed(ROWS.incident_update, at, **columns)}


def updates(at, **columns):
    """With one update's row changed."""
    return {"rows": replace(ROWS, **updates_of(at, **columns))}


def entries(revision, **fields):
    """With one entry changed."""
    changing = ENTRIES[revision - 1]
    return {"entries": tuple(replace(one, **fields) if one is changing else one for one in ENTRIES)}


def again(revision, line, *, after=timedelta(seconds=30)):
    """With a change more, at that revision and under another key."""
    return told(ROWS, revision, line, key="again", at=NOON + after)


def told(rows, revision, line, *, key, at, incidents='["i"]'):
    """With a change more, and its request."""
    change = {"key": key, "revision": revision, "at": at, "incidents": incidents}
    request = {"key": key, "revision": revision, "at": at, "author_id": "U1", "line": line}
    return replace(rows, change=(*rows.change, change), request=(*rows.request, request))


def again_after_a_hand(incidents='["i"]', **first):
    """A line that was carried out, renamed by hand, and typed again; how it went the first time."""
    soon, later = NOON + timedelta(seconds=20), NOON + timedelta(seconds=30)
    by_hand = told(ROWS, 8, "rename #1 by hand", key="cli:1", at=soon, incidents=incidents)
    typed_again = replace(ENTRIES[5], key="again", invoked=98.0, outcome=Outcome.UNKNOWN)
    return {
        "entries": (*entries(6, **first)["entries"], typed_again),
        "rows": told(by_hand, 9, typed_again.line, key="again", at=later),
    }


def without(revision):
    """As if one request had come to nothing."""
    kept = [row for row in ROWS.request if row["revision"] != revision]
    keys = {row["key"] for row in kept}
    changes = [row for row in ROWS.change if row["key"] in keys]
    return replace(
        ROWS,
        change=tuple({**row, "revision": at} for at, row in enumerate(changes, start=1)),
        request=tuple({**row, "revision": at} for at, row in enumerate(kept, start=1)),
    )


def message(at, **fields):
    """With one message changed."""
    return {
        "posted": tuple(replace(one, **fields) if n == at else one for n, one in enumerate(POSTED))
    }


def test_a_world_in_order_has_no_violation():
    calm = saw("index.html", 7, green=True)
    assert judge(replace(IN_ORDER, readers=calm)) == []


def test_what_was_given_up_may_be_carried_out_after_it_was_typed_again():
    times = {"invoked": 55.0, "outcome": Outcome.UNKNOWN, "answer": GAVE_UP}
    late = replace(ENTRIES[5], key="again", **times)
    seen = replace(IN_ORDER, entries=(*ENTRIES, late), rows=again(8, late.line))
    assert judge(seen) == []


def test_what_was_given_up_may_be_typed_again_after_others_were_carried_out():
    """Its first request went through unheard, then something else, then the second one."""
    given_up = {"outcome": Outcome.UNKNOWN, "answer": GAVE_UP, "answered": 99.0}
    typed_again = replace(ENTRIES[5], key="again", outcome=Outcome.UNKNOWN)
    seen = replace(IN_ORDER, **entries(6, **given_up), rows=again(8, typed_again.line))
    seen = replace(seen, entries=(*seen.entries, typed_again))
    assert judge(seen) == []


CUT_OFF = {"outcome": Outcome.UNKNOWN, "answer": "(dispatch_failed)", "answered": 61.0}


def test_what_was_cut_off_may_be_typed_again_after_somebody_had_a_hand_in_its_incident():
    assert judge(replace(IN_ORDER, **again_after_a_hand(**CUT_OFF))) == []


NOT_KNOWN = {"outcome": Outcome.UNKNOWN, "answer": GAVE_UP, "answered": 99.0}


def test_a_correction_that_nobody_answered_may_have_been_saved():
    assert judge(replace(IN_ORDER, **entries(5, **NOT_KNOWN))) == []


def test_a_correction_that_nobody_answered_may_have_come_to_nothing():
    rows = replace(without(5), **updates_of(0, text="ana-1: first"))
    shown = message(1, text="ana-1: first")
    assert judge(replace(IN_ORDER, rows=rows, **entries(5, **NOT_KNOWN), **shown)) == []


BROKEN = {
    "an acknowledged update without a row": (
        "I1: lost",
        {"rows": replace(ROWS, change=ROWS.change[:-1], request=ROWS.request[:-1])},
    ),
    "an update whose request and change are there alone": (
        "I1: the ledger says",
        {"rows": replace(ROWS, incident_update=ROWS.incident_update[:-1])},
    ),
    "another text than was typed": ("I1: the ledger says", updates(2, text="other words")),
    "another line under the same key": (
        "I1: 'update #1 ana-2: second' became",
        {"rows": replace(ROWS, request=changed(ROWS.request, 1, line="update #1 other words"))},
    ),
    "an answer that names another update": (
        "I1: 'resolve #1 ana-6: over' was answered",
        entries(7, answer="Saved as #1, update 7: so."),
    ),
    "an answer that names another update as edited": (
        "I1: 'edit #1 ana-3: in other words' was answered",
        entries(3, answer="Saved: #1, update 1 has its new text."),
    ),
    "an edit that came to nothing": ("I1: the ledger says", updates(0, text="ana-1: first")),
    "an edit that became an update": (
        "I1: the ledger says",
        {
            "rows": replace(
                ROWS,
                incident_update=(
                    *changed(ROWS.incident_update, 0, text="ana-1: first"),
                    {**ROWS.incident_update[0], "id": "u4", "number": 4},
                ),
            )
        },
    ),
    "an earlier edit that won over a later one": (
        "I1: the ledger says",
        updates(1, text="ana-2: second"),
    ),
    "what was retracted, and stands again": ("I1: the ledger says", updates(1, retracted_at=None)),
    "what nobody retracted, and is gone": ("I1: the ledger says", updates(0, retracted_at=NOON)),
    "a title of before": (
        "I1: the ledger says",
        {"rows": replace(ROWS, incident=changed(ROWS.incident, 0, title="ana-1"))},
    ),
    "an incident that is said to be open and is over": (
        "I1: #1 is taken to be open",
        {"rows": replace(ROWS, incident=changed(ROWS.incident, 0, is_open=True))},
    ),
    "a line that was carried out twice": (
        "I1: doubled",
        {
            "rows": again(8, TYPED[5][0]),
            "entries": (*ENTRIES, replace(ENTRIES[5], key="again", outcome=Outcome.UNKNOWN)),
        },
    ),
    "a line that was typed again at once, and carried out twice": (
        "I1: doubled",
        {
            "rows": again(8, TYPED[6][0]),
            "entries": (
                *entries(7, outcome=Outcome.UNKNOWN, answer=GAVE_UP, answered=99.0)["entries"],
                replace(ENTRIES[6], key="again", outcome=Outcome.UNKNOWN),
            ),
        },
    ),
    "a line that was cut off and carried out twice": (
        "I1: doubled",
        {
            "rows": again(8, TYPED[5][0]),
            "entries": (*entries(6, **CUT_OFF)["entries"], replace(ENTRIES[5], key="again")),
        },
    ),
    "a line that was cut off and carried out twice, and a hand elsewhere": (
        "I1: doubled",
        again_after_a_hand(incidents='["j"]', **CUT_OFF),
    ),
    "a line that was answered and carried out twice, around a hand": (
        "I1: doubled",
        again_after_a_hand(),
    ),
    "a change that nobody asked for": ("I2: ", {"entries": ENTRIES[:-1]}),
    "a change by somebody else": ("I2: ", entries(7, person="U2")),
    "a retraction that nobody asked for": ("I2: ", {"rows": again(8, "retract #1")}),
    "a change that cannot be": ("I2: nothing", {"rows": again(0, "retract #1")}),
    "a gap in the revisions": (
        "I3: change 8",
        {"rows": replace(ROWS, change=changed(ROWS.change, 6, revision=8))},
    ),
    "what was acknowledged first, told last": (
        "I3: 'update",
        entries(1, invoked=90.0, answered=91.0) | entries(6, invoked=5.0, answered=6.0),
    ),
    "a retraction that nobody answered, carried out before it was typed": (
        "I3: 'retract #1' is 4, after 6 was acked",
        entries(4, invoked=65.0, outcome=Outcome.UNKNOWN, answer=GAVE_UP),
    ),
    "an update that is in no thread": ("I4: #1's thread", {"posted": (*POSTED[:3], POSTED[4])}),
    "an update that is in its thread twice": (
        "I4: #1's thread",
        {"posted": (*POSTED, replace(POSTED[1], ts="6.0"))},
    ),
    "a closing that is in its thread twice": (
        "I4: #1's thread",
        {"posted": (*POSTED, replace(POSTED[4], ts="6.0"))},
    ),
    "a thread in another order": ("I4: #1's thread", {"posted": (POSTED[0], *POSTED[3:0:-1])}),
    "a message of no delivery": (
        "I4: a message of no delivery",
        {"posted": (*POSTED, Posted("9.0", None, "dx", "?"))},
    ),
    "a message that was not edited": ("I4: 'ana-1: first'", message(1, text="ana-1: first")),
    "a message that still shows what was retracted": (
        "I4: 'ana-3: in",
        message(2, text="ana-3: in other words"),
    ),
    "a root with the title of before": (
        "I4: '#1 ana-1",
        message(0, text="#1 ana-1: Resolved. ana-6: over"),
    ),
    "a root with a text of before": ("I4: '#1 ana-5", message(0, text="#1 ana-5: ana-3: in other")),
    "a page of a revision that never was": ("I5", {"readers": saw("index.html", 9, green=False)}),
    "a page that is green while an incident is open": (
        "I9",
        {"readers": saw("api/v2/status.json", NOON + timedelta(seconds=1), green=True)},
    ),
    "a page that is green while an older update stands": (
        "I9",
        {"readers": saw("index.html", 4, green=True)},
    ),
    "a page that is late": ("I7", {"recovered_in": 46.0}),
    "a refusal of what was saved": ("I10", entries(7, outcome=Outcome.REFUSED, answer="Not saved")),
    "an answer that came late": ("I10", entries(7, took=[60.0])),
    "more requests than were made": (
        "I15",
        {"rows": replace(ROWS, request=(*ROWS.request, {**ROWS.request[0], "key": "another"}))},
    ),
}


@pytest.mark.parametrize("wrong", BROKEN)
def test_what_does_not_hold_is_found(wrong):
    found, changes = BROKEN[wrong]
    assert any(str(one).startswith(found) for one in judge(replace(IN_ORDER, **changes)))
