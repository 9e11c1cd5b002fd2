"""A day that happened, typed again by the sandbox's people one command after the other."""

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.model.messages import Message

PAUSE = 2.0
NUMBER = "{number}"


@dataclass(frozen=True)
class Step:
    """One person types one thing."""

    person: str
    text: str


@dataclass(frozen=True)
class Scenario:
    """`{number}` in a step stands for the number that the first answer mentioned, as in #12."""

    title: str
    sentence: str
    channel: str
    steps: tuple[Step, ...]
    components: Mapping[str, str] = field(default_factory=dict)  # slug -> name
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Scenario":
        """From a JSON file with the same names; raises OSError, ValueError, KeyError, TypeError."""
        given = json.loads(path.read_text(encoding="utf-8"))
        steps = tuple(Step(step["person"], "\n".join(step["text"])) for step in given["steps"])
        return cls(**{**given, "steps": steps})


Say = Callable[[str, str, str], Message | None]


@dataclass(frozen=True)
class Progress:
    """How far it is; `step` counts what was typed, `line` is what is typed now."""

    running: bool
    step: int
    steps: int
    person: str = ""
    line: str = ""
    problem: str = ""


class Replay:
    """Types a scenario, once at a time."""

    def __init__(
        self,
        scenario: Scenario,
        say: Say,
        told: Callable[[], None],
        closing: threading.Event,
        pause: float = PAUSE,
    ) -> None:
        self.scenario, self._say, self._told = scenario, say, told
        self._closing, self._pause = closing, pause
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.progress = Progress(running=False, step=0, steps=len(scenario.steps))

    def start(self) -> bool:
        """Begin; False when it is under way already."""
        with self._lock:
            if self.progress.running or self._closing.is_set():
                return False
            self._tell(0, running=True)
            self._thread = threading.Thread(target=self._type, name="sandbox replay")
            self._thread.start()
            return True

    def join(self) -> None:
        """Wait until nothing is typed any more."""
        if self._thread is not None:
            self._thread.join()

    def _type(self) -> None:
        number, problem, done = "", "", 0
        for step in self.scenario.steps:
            if NUMBER in step.text and not number:
                problem = "The bot did not say which incident it is, so the day stops here."
                break
            text = step.text.replace(NUMBER, number)
            self._tell(done, running=True, person=step.person, line=text)
            reply = self._say(step.person, self.scenario.channel, text)
            if problem := _unplayed(reply):
                break
            found = re.search(r"#(\d+)", reply.text if reply else "")
            number = number or (found.group(1) if found else "")
            done += 1
            self._tell(done, running=True, person=step.person, line=text)
            if self._closing.wait(self._pause):
                break
        self._tell(done, running=False, problem=problem)

    def _tell(self, step: int, *, running: bool, **more: str) -> None:
        self.progress = Progress(running, step, len(self.scenario.steps), **more)
        self._told()


def _unplayed(reply: Message | None) -> str:
    """Why the day cannot go on: the bot did not take the line as something new."""
    said = reply.text.partition("\n")[0] if reply else ""
    if said.startswith("Already"):
        return "The day was replayed a moment ago. Try again in two minutes."
    return said if said.startswith("Not saved") else ""
