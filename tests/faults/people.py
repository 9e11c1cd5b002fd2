"""People at work: they open incidents, write updates, correct them, and type again what nobody
answered.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from bot.sandbox import Sandbox
from bot.sandbox.model.messages import Message
from bot.sandbox.people.typing import NotPossible
from tests.faults.journal import Entry, Journal, Outcome

CHANNEL = "#incidents"
NAMES = ("ana", "ben", "cyd")  # full members; the World sees to it
RETRY = "Try again"

CORRECTIONS = ("edit", "retract", "rename", "reopen")
_CORRECTING = 1 / 6  # of the sentences
_UPDATES = 5  # of an incident, before it is resolved
_TRIES = 8
_COMPONENTS = ("www=down", "www=degraded", "class=partial", "")
_WORDS = (
    "we are looking into it",
    "the fix is out",
    "*bold* and _slanted_, `code`",
    '<script>alert(1)</script> & "quotes" {{ 7*7 }}',
    "first line\nsecond line",
)


@dataclass(frozen=True)
class Case:
    """The incident that somebody is at work on, as far as they know."""

    number: int
    said: tuple[str, ...] = ()  # by what subcommand, each update that stands
    has_retracted: bool = False

    @property
    def is_over(self) -> bool:
        return self.said[-1] == "resolve"

    def may(self, correction: str) -> bool:
        """A retraction names no words, so there is one for each incident: its line says which."""
        if correction == "retract":
            return not self.has_retracted
        return correction != "reopen" or self.is_over

    def after(self, verb: str) -> "Case | None":
        """None once the whole report is withdrawn."""
        match verb:
            case "edit" | "rename":
                return self
            case "retract":
                left = replace(self, said=self.said[:-1], has_retracted=True)
                return left if left.said else None
            case _:
                return replace(self, said=(*self.said, verb))


class Responder:
    """One person, who types for as long as they may, `corrections` among the rest."""

    def __init__(
        self,
        name: str,
        slack: Sandbox,
        journal: Journal,
        *,
        every: float,
        seed: int,
        corrections: Sequence[str] = CORRECTIONS,
    ) -> None:
        self.name = name
        self._slack, self._journal = slack, journal
        self._every, self._corrections = every, corrections
        self._random = Random(f"{name} {seed}")
        self._tokens = count(1)
        self._case: Case | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"responder {name}")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the sentence."""
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopped.wait(self._random.uniform(0.3, 1.7) * self._every):
            self.say_something()

    def say_something(self) -> Entry:
        """The next sentence of their incident, typed until it is answered, or given up."""
        verb = self._verb()
        entry = self._insist(self._line(verb))
        if entry.outcome is not Outcome.ACKED or entry.number is None:
            self._case = None
        else:
            self._case = (self._case or Case(entry.number)).after(verb)
        return entry

    def _verb(self) -> str:
        case = self._case
        possible = [one for one in self._corrections if case and case.may(one)]
        if possible and self._random.random() < _CORRECTING:
            return self._random.choice(possible)
        if case is None or case.is_over:
            self._case = None
            return "open"
        if len(case.said) >= _UPDATES:
            return "resolve"
        return self._random.choice(("update", "identified", "monitoring"))

    def _line(self, verb: str) -> str:
        token = f"{self.name}-{next(self._tokens)}"
        words = f"{token}: {self._random.choice(_WORDS)}"
        component = self._random.choice(_COMPONENTS)
        if self._case is None:
            return f"/incident open {component} {token} | {words}"
        number = f"#{self._case.number}"
        match verb:
            case "retract":
                return f"/incident retract {number}"
            case "rename":
                return f"/incident rename {number} {token} by another name"
            case "edit" | "resolve":
                return f"/incident {verb} {number} {words}"
            case _:
                return f"/incident {verb} {number} {component} {words}"

    def _insist(self, line: str) -> Entry:
        for attempt in range(_TRIES):
            entry = self._type(line)
            if entry.outcome is Outcome.ACKED or self._stopped.is_set():
                break
            self._stopped.wait(min(0.05 * 2**attempt, 0.3))
        return entry

    def _type(self, line: str) -> Entry:
        try:
            reply = self._slack.say(self.name, CHANNEL, line)
        except NotPossible:
            time.sleep(0.1)  # an archived channel; nothing was invoked
            return Entry("", self.name, line, time.monotonic())
        entry = self._journal.last()
        if reply and _has_button(reply):
            self._press(reply, entry)
        return entry

    def _press(self, reply: Message, entry: Entry) -> None:
        """The button carries the request's own key, so its answer is this request's."""
        said, asked = reply.text, time.time()
        for _ in range(_TRIES):
            if self._slack.click(self.name, reply, RETRY) is None:
                self._await_other_words(reply, said)
            if reply.text != said:
                break
            self._stopped.wait(0.2)
        if reply.text != said:
            self._journal.heard(entry, reply.text, asked=asked)

    def _await_other_words(self, reply: Message, said: str) -> None:
        deadline = time.monotonic() + 3
        while reply.text == said and time.monotonic() < deadline:
            time.sleep(0.01)


def insist(slack: Sandbox, journal: Journal, person: str, line: str) -> Entry:
    """Type a line until it is saved, as people do: a machine that stands still answers nobody."""
    for _ in range(_TRIES):
        slack.say(person, CHANNEL, line)
        entry = journal.last()
        if entry.outcome is Outcome.ACKED:
            return entry
        time.sleep(0.3)
    raise AssertionError(f"{line!r} was answered {entry.answer!r}")


def _has_button(message: Message) -> bool:
    return any(block["type"] == "actions" for block in message.blocks)


@contextmanager
def typing(
    slack: Sandbox,
    journal: Journal,
    *,
    names: Sequence[str] = NAMES,
    every: float = 0.15,
    seed: int = 0,
    corrections: Sequence[str] = CORRECTIONS,
) -> Iterator[list[Responder]]:
    """People type while the block runs, each about once in `every` seconds."""
    people = [
        Responder(name, slack, journal, every=every, seed=seed, corrections=corrections)
        for name in names
    ]
    for one in people:
        one.start()
    try:
        yield people
    finally:
        for one in people:
            one.stop()
