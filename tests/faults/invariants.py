"""What must hold once all has settled, each a pure function of the evidence.

The numbers are those of the design: I1 durable, I2 no phantom, I3 order, I4 Slack, I5 pure page,
I6 monotone, I7 fresh, I8 served, I9 truth, I10 honest refusal, I12 authority, I15 bounded.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.faults.journal import GAVE_UP, Entry, Outcome, digest
from tests.faults.reader import Reader
from tests.faults.truth import Posted, Row, Rows

FRESH = 30.0  # seconds after the last fault until the page is current
ANSWER = 2.5  # seconds until a command is answered
LOADED = 4  # times that, before a busy machine is no excuse

_APPEND = ("open", "update", "investigating", "identified", "monitoring", "resolve", "reopen")


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, and enough to see why."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


@dataclass(frozen=True)
class Evidence:
    """All that the invariants are judged by."""

    entries: Sequence[Entry]
    rows: Rows
    posted: Sequence[Posted] = ()
    readers: Sequence[Reader] = ()
    recovered_in: float = 0.0
    elsewhere: Sequence[Violation] = ()  # found by looking: pure page, authority, bounds


Check = Callable[[Evidence], Iterable[Violation]]


def judge(evidence: Evidence) -> list[Violation]:
    """Everything that does not hold."""
    return [found for check in CHECKS for found in check(evidence)] + list(evidence.elsewhere)


def durable(seen: Evidence) -> Iterator[Violation]:
    """I1: what was acknowledged is there, once, as it was typed."""
    requests = {row["key"]: row for row in seen.rows.request}
    updates = {row["revision"]: row for row in seen.rows.incident_update}
    for entry in seen.entries:
        if entry.outcome is not Outcome.ACKED:
            continue
        request = requests.get(entry.key)
        if request is None or request["revision"] is None:
            yield Violation("I1", f"lost: {entry.line!r} was answered {entry.answer!r}")
            continue
        update = updates.get(request["revision"])
        if update is None or digest(update["text"]) != digest(entry.body):
            yield Violation("I1", f"{entry.line!r} became {update and update['text']!r}")
        elif f"#{seen.rows.number(update)}, update {update['number']}" != entry.subject:
            yield Violation("I1", f"{entry.line!r} was answered {entry.answer!r}")


def once(seen: Evidence) -> Iterator[Violation]:
    """I1: nobody types the same text on purpose, so no text stands twice.

    But for what was delivered only after Slack had given up on it, and its author had typed it
    again: two requests, each of them carried out once.
    """
    late = {entry.key for entry in seen.entries if entry.answer == GAVE_UP}
    keys = {row["revision"]: row["key"] for row in seen.rows.change}
    rows = [row for row in seen.rows.incident_update if keys.get(row["revision"]) not in late]
    counts = Counter(digest(row["text"]) for row in rows)
    for row in rows:
        if counts.pop(digest(row["text"]), 1) > 1:
            yield Violation("I1", f"doubled: {row['text']!r}")


def no_phantom(seen: Evidence) -> Iterator[Violation]:
    """I2: each row comes from a request of that person, with that text."""
    asked = {entry.key: entry for entry in seen.entries}
    changes = {row["revision"]: row for row in seen.rows.change}
    for update in seen.rows.incident_update:
        change = changes.get(update["revision"])
        if change is None:
            yield Violation("I2", f"{update['text']!r} has no change {update['revision']}")
        elif not _is_told_by(change, update, asked.get(change["key"])):
            yield Violation("I2", f"{update['text']!r} by {change['key']} was never asked for")


def _is_told_by(change: Row, update: Row, entry: Entry | None) -> bool:
    if change["key"].startswith(("cli:", "clock:")):
        return True
    return (
        entry is not None
        and entry.person == update["author_id"]
        and digest(entry.body) == digest(update["text"])
    )


def order(seen: Evidence) -> Iterator[Violation]:
    """I3: revisions rise without a gap, as time does; acked before invoked is told before."""
    changes = sorted(seen.rows.change, key=lambda row: row["revision"])
    for before, after in pairwise(changes):
        if after["revision"] != before["revision"] + 1 or after["at"] <= before["at"]:
            yield Violation("I3", f"change {after['revision']} after {before['revision']}")
    yield from _real_time_order(seen)


def _real_time_order(seen: Evidence) -> Iterator[Violation]:
    first = {row["key"]: row["revision"] for row in seen.rows.change}
    acked = [one for one in seen.entries if one.outcome is Outcome.ACKED and one.key in first]
    ends = sorted(acked, key=lambda one: one.answered or 0)
    newest, at = 0, 0
    for entry in sorted(acked, key=lambda one: one.invoked):
        while at < len(ends) and (ends[at].answered or 0) < entry.invoked:
            newest = max(newest, first[ends[at].key])
            at += 1
        if first[entry.key] < newest:
            yield Violation("I3", f"{entry.line!r} is {first[entry.key]}, after {newest} was acked")


def threads(seen: Evidence) -> Iterator[Violation]:
    """I4: each update once, in its incident's thread, in the ledger's order."""
    deliveries = {row["id"]: row for row in seen.rows.delivery}
    for one in seen.posted:
        if one.delivery and one.delivery not in deliveries:
            yield Violation("I4", f"a message of no delivery: {one.text[:80]!r}")
    for incident in seen.rows.incident:
        here = [
            one
            for one in seen.posted
            if deliveries.get(one.delivery, {}).get("incident_id") == incident["id"]
        ]
        yield from _thread(incident, here, deliveries, seen.rows)


def _thread(
    incident: Row, here: Sequence[Posted], deliveries: dict[str, Row], rows: Rows
) -> Iterator[Violation]:
    name = f"#{incident['number']}"
    roots = [one for one in here if one.thread_ts is None]
    if len(roots) != 1 or any(one.thread_ts not in (None, roots[0].ts) for one in here):
        yield Violation("I4", f"{name} lacks or doubles its root message: {len(roots)}")
    replies = [deliveries[one.delivery] for one in here if one.thread_ts]
    shown = [row["update_id"] for row in replies if row["kind"] == "update"]
    told = [row["id"] for row in rows.told() if row["incident_id"] == incident["id"]]
    if shown != told:
        lacks, extra = list((Counter(told) - Counter(shown)).elements()), Counter(shown)
        extra.subtract(told)
        doubled = [one for one, count in extra.items() if count > 0]
        yield Violation("I4", f"{name}'s thread lacks {lacks}, doubles {doubled}, shows {shown}")


def read(seen: Evidence) -> Iterator[Violation]:
    """I5, I6, I8: what the readers themselves found wrong."""
    for reader in seen.readers:
        yield from (Violation(*found) for found in reader.violations)


def true(seen: Evidence) -> Iterator[Violation]:
    """I5, I9: what was seen is of a revision that the ledger has; green only where that was."""
    for reader in seen.readers:
        for sight in reader.sights:
            revision = seen.rows.revision_of(sight.stated)
            if revision is None:
                yield Violation("I5", f"{sight.path} showed {sight.stated}, which never was")
            elif sight.green and not seen.rows.is_calm(revision):
                yield Violation("I9", f"{sight.path} was green at {revision}")


def fresh(seen: Evidence) -> Iterator[Violation]:
    """I7: the page is current soon after the last fault."""
    if seen.recovered_in > FRESH * LOADED:
        yield Violation("I7", f"current only {seen.recovered_in:.1f} s after the last fault")


def answered(seen: Evidence) -> Iterator[Violation]:
    """I10: answers come in time, and a refusal is one."""
    saved = {row["key"] for row in seen.rows.request if row["revision"] is not None}
    for entry in seen.entries:
        if entry.outcome is Outcome.REFUSED and entry.key in saved:
            yield Violation("I10", f"{entry.line!r} was refused, and saved: {entry.answer!r}")
        if max(entry.took, default=0) > ANSWER * LOADED:
            yield Violation("I10", f"{entry.line!r} took {max(entry.took):.1f} s")


def bounded(seen: Evidence) -> Iterator[Violation]:
    """I15: the ledger keeps no more than what was asked and told."""
    requests = [row for row in seen.rows.request if not row["key"].startswith("cli:")]
    if len(requests) > len(seen.entries):
        yield Violation("I15", f"{len(requests)} requests of {len(seen.entries)}")
    most = 3 * len(seen.rows.incident_update)
    if len(seen.rows.delivery) > most:
        yield Violation("I15", f"{len(seen.rows.delivery)} deliveries, of at most {most}")


CHECKS: tuple[Check, ...] = (
    *(durable, once, no_phantom, order, threads, read, true, fresh, answered, bounded),
)
