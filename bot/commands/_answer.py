"""What a command is answered with, in Slack's own markup; only its author sees it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from bot.core.errors import Refusal
from bot.core.incident import Author, Incident, Update
from bot.core.status import Kind
from bot.core.text import escape_slack

BUTTON_VALUE = 2000  # characters that a Slack button can carry
_UNKNOWN = "Not sure yet whether this was saved: the database went away in the middle."
_STILL_UNKNOWN = "Still not sure whether this was saved: the database does not answer just now."
_LIVE = re.compile(r"<(?=[!@#])")  # what Slack would expand in a text handed back


@dataclass(frozen=True)
class Call:
    """A line somebody typed, with all that matters about the typing."""

    key: str  # the same delivery twice has the same key
    line: str  # what follows the slash command, as Slack encodes it
    author: Author
    channel: str
    at: datetime
    slash: str = "/incident"
    reply_url: str | None = None
    number: int | None = None  # the incident chosen by a button, when the bot had asked
    about: Kind = Kind.INCIDENT  # which subcommands there are; maintenances' are not Slack's yet
    doubtful: bool = False  # it was carried out before, and nobody knew what came of it


@dataclass(frozen=True)
class Button:
    """A button under an answer: `action` says what pressing it does, `value` to what."""

    action: str  # "choose" or "retry"
    label: str
    value: str

    def read(self) -> dict[str, Any]:
        return dict(json.loads(self.value))


@dataclass(frozen=True)
class Answer:
    """An answer to a command."""

    text: str
    buttons: tuple[Button, ...] = ()
    saved: bool = False
    subject: str = ""  # what was saved, as a later sentence can begin: "#12, update 3"
    refused: bool = False
    unknown: bool = False  # nobody can say yet whether it was saved
    away: bool = False  # the ledger did not answer

    @property
    def outcome(self) -> str:
        """In a word, for whoever counts."""
        said = {
            "saved": self.saved,
            "unknown": self.unknown,
            "unavailable": self.away,
            "refused": self.refused,
            "asked": bool(self.buttons),
        }
        return next((word for word, is_so in said.items() if is_so), "answered")

    def to_json(self) -> dict[str, Any]:
        """What the ledger keeps, which is never of the kind that says the ledger was away."""
        return {name: value for name, value in asdict(self).items() if name != "away"}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        buttons = tuple(Button(**button) for button in stored["buttons"])
        return cls(**{**stored, "buttons": buttons})


class Ask(Exception):  # noqa: N818 -- a question, not a mistake
    """Several incidents may be meant: the bot asks, and never guesses."""

    def __init__(self, candidates: Sequence[Incident]) -> None:
        super().__init__(candidates)
        self.candidates = candidates


def saved(incident: Incident, update: Update) -> Answer:
    subject = f"#{incident.number}, update {update.number}"
    title = escape_slack(incident.title)
    return Answer(f"Saved as {subject}: {title} is {incident.state}.", saved=True, subject=subject)


def already(first: Answer) -> Answer:
    """The answer to somebody who typed the same line again within two minutes."""
    return replace(first, text=f"Already s{first.text.removeprefix('Already ')[1:]}")


def asking(ask: Ask, call: Call) -> Answer:
    question = f"Which {call.about.value} do you mean? Nothing is saved until you choose."
    return Answer(
        f"{question}\n{handed_back(call)}",
        tuple(_choice(incident, call.key) for incident in ask.candidates),
    )


def refused(refusal: Refusal, call: Call, *, writes: bool = True) -> Answer:
    """Refusals all look alike: what is wrong, the remedy, and the text handed back."""
    problem = escape_slack(refusal.problem)
    said = f"Not saved: {problem}" if writes else _sentence(problem)
    lines = [said, escape_slack(refusal.remedy), handed_back(call)]
    return Answer("\n".join(line for line in lines if line), refused=True)


def unavailable(call: Call, *, writes: bool = True) -> Answer:
    """The ledger does not answer. The message itself keeps the text, and a way to try again."""
    if not writes or call.number is not None:
        remedy = "Try" if not writes else "It cannot be saved twice: press"
        said = f"The database does not answer just now. {remedy} again in a moment."
        return Answer(said, refused=True, away=True)
    retry = _retry(call)
    remedy = "Press Try again, or type it again" if retry else "Type it again"
    return Answer(
        "Not saved: the database does not answer just now.\n"
        f"{remedy} in a moment; it cannot be saved twice.\n{handed_back(call)}",
        retry,
        refused=True,
        away=True,
    )


def outcome_unknown(call: Call) -> Answer:
    """Whoever checks may be killed before the database is back: the button outlives it."""
    retry = _retry(replace(call, doubtful=True))
    remedy = "If not, press Try again; it cannot be saved twice" if retry else "Do not retype it"
    return Answer(
        f"{_STILL_UNKNOWN if call.doubtful else _UNKNOWN}\n"
        f"Checking; you will hear here. {remedy}.\n{handed_back(call)}",
        retry,
        refused=True,
        unknown=True,
    )


def _retry(call: Call) -> tuple[Button, ...]:
    """The button that carries the request's own key, where all of it fits."""
    doubt = {"doubtful": True} if call.doubtful else {}
    value = json.dumps({"key": call.key, "line": call.line, **doubt})
    fits = call.number is None and len(value) <= BUTTON_VALUE
    return (Button("retry", "Try again", value),) if fits else ()


def _choice(incident: Incident, key: str) -> Button:
    label = f"#{incident.number} {incident.title}"
    short = label if len(label) <= 75 else f"{label[:74]}…"  # noqa: PLR2004 -- Slack's limit
    return Button("choose", short, json.dumps({"key": key, "number": incident.number}))


def handed_back(call: Call) -> str:
    """The line they typed, so that nothing is lost; whatever Slack would expand is inert."""
    return f"Your text: {_LIVE.sub('&lt;', call.line)}" if call.line.strip() else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
