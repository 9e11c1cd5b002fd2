"""What the ledger has to say: what was asked of it, carried out in the order of its changes.

A model of the commands, as small as can be; of the rows it takes only who asked for what, and in
which order. So a request that nobody answered counts once where the ledger has a change of it, and
else not at all; and what comes after what, of several, is for the ledger to say.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tests.faults.journal import body_of, title_of, verb_of
from tests.faults.truth import Row, Rows

OUR_OWN = ("clock:", "recover:")  # keys of what the program does by itself
_PHASES = {"resolve": "resolved", "reopen": "investigating"}
_OVER = ("resolved", "postmortem")


@dataclass(frozen=True)
class Told:
    """One update."""

    number: int
    phase: str
    text: str
    author: str
    is_standing: bool = True


@dataclass(frozen=True)
class Report:
    """One incident."""

    number: int
    title: str
    updates: tuple[Told, ...] = ()

    @property
    def standing(self) -> tuple[Told, ...]:
        return tuple(one for one in self.updates if one.is_standing)

    @property
    def is_open(self) -> bool:
        """A withdrawn one is not."""
        return bool(self.standing) and self.standing[-1].phase not in _OVER

    def after(self, line: str, author: str) -> tuple["Report", str]:
        """The report once a line is carried out, and what its author hears that it became.

        Raises IndexError where nothing stands that it could be about.
        """
        match verb_of(line):
            case "open":
                return self._and_told("investigating", line, author)
            case "rename":
                return replace(self, title=title_of(line)), f"#{self.number}"
            case "edit":
                return self._with_latest(replace(self.standing[-1], text=body_of(line)))
            case "retract":
                return self._with_latest(replace(self.standing[-1], is_standing=False))
            case "update":
                return self._and_told(self.standing[-1].phase, line, author)
            case verb:
                return self._and_told(_PHASES.get(verb, verb), line, author)

    def _and_told(self, phase: str, line: str, author: str) -> tuple["Report", str]:
        new = Told(len(self.updates) + 1, phase, body_of(line), author)
        return replace(self, updates=(*self.updates, new)), self._name(new)

    def _with_latest(self, new: Told) -> tuple["Report", str]:
        updates = tuple(new if one.number == new.number else one for one in self.updates)
        return replace(self, updates=updates), self._name(new)

    def _name(self, told: Told) -> str:
        return f"#{self.number}, update {told.number}"


@dataclass
class History:
    """All that was asked for and carried out."""

    reports: dict[str, Report] = field(default_factory=dict)  # by the incident's id
    unsure: set[str] = field(default_factory=set)  # ids of incidents told of by the program itself
    subjects: dict[int, str] = field(default_factory=dict)  # revision -> "#12, update 3"
    open: dict[int, frozenset[str]] = field(default_factory=dict)  # revision -> incidents' ids
    impossible: list[Row] = field(default_factory=list)  # changes that no request explains

    def carry_out(self, change: Row, request: Row | None, id_: str, number: int) -> None:
        """What one change did to one incident."""
        if change["key"].startswith(OUR_OWN) or id_ in self.unsure:
            self.unsure.add(id_)
            self.reports.pop(id_, None)
            return
        try:
            self.reports[id_], self.subjects[change["revision"]] = self._after(request, id_, number)
        except LookupError:
            self.impossible.append(change)

    def open_among(self, ids: Iterable[str]) -> frozenset[str]:
        return frozenset(one for one in ids if one in self.reports and self.reports[one].is_open)

    def _after(self, request: Row | None, id_: str, number: int) -> tuple[Report, str]:
        if request is None:
            raise LookupError
        line = request["line"]
        before = Report(number, title_of(line)) if verb_of(line) == "open" else self.reports[id_]
        return before.after(line, request["author_id"])


def retold(rows: Rows) -> History:
    """The history that the ledger's changes make of the requests."""
    history = History()
    requests = {row["key"]: row for row in rows.request}
    numbers = {row["id"]: row["number"] for row in rows.incident}
    still_open: frozenset[str] = frozenset()
    for change in sorted(rows.change, key=lambda row: row["revision"]):
        touched = json.loads(change["incidents"])
        for id_ in touched:
            history.carry_out(change, requests.get(change["key"]), id_, numbers.get(id_, 0))
        still_open = still_open.difference(touched) | history.open_among(touched)
        history.open[change["revision"]] = still_open
    return history


def stands(rows: Rows) -> Mapping[str, Report]:
    """What the rows of each incident say."""
    updates: dict[str, list[Told]] = {row["id"]: [] for row in rows.incident}
    for row in rows.told():
        updates[row["incident_id"]].append(_told(row))
    return {
        row["id"]: Report(row["number"], row["title"], tuple(updates[row["id"]]))
        for row in rows.incident
    }


def _told(row: Row) -> Told:
    is_standing = row["retracted_at"] is None
    return Told(row["number"], row["phase"], row["text"], row["author_id"], is_standing)
