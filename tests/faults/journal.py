"""What people asked for and what they were told: every invoke, ack, refusal and unknown by key.

The journal stands between the sandbox and the program, as a `Transport`, and so sees each request
under the key that the program knows it by. *Unknown* is whatever was not answered: it may have
become a row or not, but never two.
"""

import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from random import Random

from bot.sandbox.inbound.envelope import DeliveryFailed, Envelope, Transport
from bot.sandbox.inbound.http_mode import HttpMode
from bot.sandbox.model.errors import Json

TIMED_OUT = "operation_timeout"  # Slack, after three seconds; the program may still carry it out
GAVE_UP = f"({TIMED_OUT})"  # as it stands here for an answer
ACK = re.compile(r"^(?:S|Already s)aved(?: as|:) (?P<subject>#(?P<number>\d+)(?:, update \d+)?)")
_TOKEN = re.compile(r"\b[a-z]+-\d+\b")
_HEAD = re.compile(r"^\s*\S+\s+(#\d+\s+)?([\w-]+=\w+\s+)*")


class Outcome(IntEnum):
    """What the person knows; of several answers to one key the highest counts."""

    REFUSED = 1
    UNKNOWN = 2
    ACKED = 3


@dataclass
class Entry:
    """One request. Times are of the monotonic clock, but for `refused_at`."""

    key: str
    person: str
    line: str
    invoked: float
    outcome: Outcome = Outcome.UNKNOWN
    answer: str = ""
    answered: float | None = None  # when the answer came that counts
    took: list[float] = field(default_factory=list)  # seconds until each answer of the program
    refused_at: float | None = None  # when "Not saved" was last true; seconds since 1970

    @property
    def subject(self) -> str:
        """What it was saved as, "#12, update 3", or "#12" alone; empty unless it was."""
        return found["subject"] if (found := ACK.match(self.answer)) else ""

    @property
    def number(self) -> int | None:
        return int(found["number"]) if (found := ACK.match(self.answer)) else None


def verb_of(line: str) -> str:
    """The subcommand, as people type it who know it by heart."""
    return line.split(maxsplit=1)[0]


def title_of(line: str) -> str:
    """What stands before the bar: the title that an incident is opened with, or gets."""
    return _HEAD.sub("", line.partition("|")[0]).strip()


def body_of(line: str) -> str:
    """What follows the title's bar, or the subcommand, the number and the components."""
    if "|" in line:
        return line.partition("|")[2].strip()
    return _HEAD.sub("", line).strip()


def tokens(text: str) -> set[str]:
    """The marks by which people's words are known again, each of one line only: "ana-17"."""
    return set(_TOKEN.findall(text))


def outcome_of(answer: str) -> Outcome:
    if ACK.match(answer):
        return Outcome.ACKED
    return Outcome.REFUSED if answer.startswith("Not saved") else Outcome.UNKNOWN


class Journal:
    """Writes down what passes on its way to the program."""

    def __init__(self, way: Transport) -> None:
        self.way = way
        self._entries: dict[str, Entry] = {}
        self._lock = threading.Lock()
        self._mine = threading.local()

    def deliver(self, envelope: Envelope, seconds: float) -> Json | None:
        """As any Transport; raises DeliveryFailed."""
        if envelope.kind != "slash_commands":
            return self.way.deliver(envelope, seconds)
        entry = self._invoked(envelope.payload)
        began = time.monotonic()
        try:
            answer = self.way.deliver(envelope, seconds)
        except DeliveryFailed as failed:
            self.heard(entry, f"({failed.error})")
            raise
        entry.took.append(time.monotonic() - began)
        self.heard(entry, (answer or {}).get("text", ""))
        return answer

    def last(self) -> Entry:
        """The newest request of this thread."""
        entry: Entry = self._mine.entry
        return entry

    def heard(self, entry: Entry, answer: str, *, asked: float | None = None) -> None:
        """The person was told something about a request, now or after pressing a button.

        What was `asked` for again at that time (since 1970) may still be saved: a refusal speaks of
        what was asked for before.
        """
        with self._lock:
            if outcome_of(answer) is Outcome.REFUSED:
                entry.refused_at = asked or time.time()
            if outcome_of(answer) >= entry.outcome or not entry.answered:
                entry.outcome, entry.answer = outcome_of(answer), answer
                entry.answered = time.monotonic()

    def entries(self) -> list[Entry]:
        """In the order in which they were invoked."""
        with self._lock:
            return sorted(self._entries.values(), key=lambda entry: entry.invoked)

    def count(self, outcome: Outcome) -> int:
        return sum(entry.outcome is outcome for entry in self.entries())

    def _invoked(self, payload: Json) -> Entry:
        key = ":".join(payload[name] for name in ("team_id", "api_app_id", "trigger_id"))
        with self._lock:
            if key not in self._entries:
                at = time.monotonic()
                self._entries[key] = Entry(key, payload["user_id"], payload["text"], at)
            self._mine.entry = self._entries[key]
            return self._entries[key]


class Balanced:
    """What stands before several web processes: whoever refuses the connection is passed over."""

    def __init__(self, ways: Iterable[HttpMode], seed: int = 0) -> None:
        self._ways = list(ways)
        self._random = Random(seed)

    def deliver(self, envelope: Envelope, seconds: float) -> Json | None:
        """To one of them; raises DeliveryFailed. What was sent is never sent to another."""
        refused = DeliveryFailed("dispatch_failed")
        for way in self._random.sample(self._ways, len(self._ways)):
            try:
                return way.deliver(envelope, seconds)
            except DeliveryFailed as failed:
                if not isinstance(failed.__cause__, ConnectionRefusedError):
                    raise
                refused = failed
        raise refused
