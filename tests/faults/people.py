"""People at work: they open incidents, write updates, and type again what nobody answered."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from random import Random

from bot.sandbox import Sandbox
from bot.sandbox.model.messages import Message
from bot.sandbox.people.typing import NotPossible
from tests.faults.journal import Entry, Journal, Outcome

CHANNEL = "#incidents"
NAMES = ("ana", "ben", "cyd")  # full members; the World sees to it
RETRY = "Try again"

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


class Responder:
    """One person, who types for as long as they may."""

    def __init__(
        self, name: str, slack: Sandbox, journal: Journal, *, every: float, seed: int
    ) -> None:
        self.name = name
        self._slack, self._journal = slack, journal
        self._every = every
        self._random = Random(f"{name} {seed}")
        self._tokens = count(1)
        self._number: int | None = None
        self._said = 0
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
        entry = self._insist(self._line())
        if entry.outcome is Outcome.ACKED:
            self._number, self._said = entry.number, self._said + 1
        if entry.outcome is not Outcome.ACKED or self._said > _UPDATES:
            self._number, self._said = None, 0
        return entry

    def _line(self) -> str:
        words = f"{self.name}-{next(self._tokens)}: {self._random.choice(_WORDS)}"
        component = self._random.choice(_COMPONENTS)
        if self._number is None:
            title = words.partition(":")[0]
            return f"/incident open {component} {title} | {words}"
        if self._said == _UPDATES:
            return f"/incident resolve #{self._number} {words}"
        what = self._random.choice(("update", "identified", "monitoring"))
        return f"/incident {what} #{self._number} {component} {words}"

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
        said = reply.text
        for _ in range(_TRIES):
            if self._slack.click(self.name, reply, RETRY) is None:
                self._await_other_words(reply, said)
            if reply.text != said:
                break
            self._stopped.wait(0.2)
        if reply.text != said:
            self._journal.heard(entry, reply.text)

    def _await_other_words(self, reply: Message, said: str) -> None:
        deadline = time.monotonic() + 3
        while reply.text == said and time.monotonic() < deadline:
            time.sleep(0.01)


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
) -> Iterator[list[Responder]]:
    """People type while the block runs, each about once in `every` seconds."""
    people = [Responder(name, slack, journal, every=every, seed=seed) for name in names]
    for one in people:
        one.start()
    try:
        yield people
    finally:
        for one in people:
            one.stop()
