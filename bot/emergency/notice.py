"""What is told in an emergency, and the incident that it is told in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.errors import Refusal
from bot.core.grammar import Arg, Command, Vocabulary, read
from bot.core.ids import new_id
from bot.core.incident import Author, Incident, Update
from bot.core.page import Component
from bot.core.status import ComponentStatus, Impact, Kind, Phase
from bot.core.text import split_title
from storage.ledger import Telling

TITLE = "Service disruption"  # of whoever has no time to think of one
_PREFIX = "emerg"  # of the ids of such incidents, by which the next call finds the last one
_OPERATOR = Author("emergency", "duckrow emergency")

_COMPONENTS = Arg("components", "components", "what is wrong where, as component=status")
_IMPACT = Arg("impact", "impact", "how bad it is")
_TITLE = Arg("title", "title", "a title", required=True)
_TEXT = Arg("text", "text", "what readers will see", required=True)


@dataclass(frozen=True)
class Notice:
    """One text for the public, with the ids that it has on every target."""

    text: str  # as typed
    title: str | None = None  # None: the first emergency's own, or the usual one
    impact: Impact | None = None
    components: Mapping[str, ComponentStatus] = field(default_factory=dict)  # by short name
    is_end: bool = False
    incident_id: str = field(default_factory=lambda: f"{_PREFIX}{new_id()[len(_PREFIX) :]}")
    update_id: str = field(default_factory=new_id)


def read_notice(
    line: str, components: Mapping[str, str], now: datetime, *, is_end: bool = False
) -> Notice:
    """The notice that somebody typed: `[component=status …] [impact=…] [title |] text`.

    `components` are the page's, short name to name. Raises Refusal.
    """
    args: tuple[Arg, ...] = (_TEXT,) if is_end else (_COMPONENTS, _IMPACT, _TEXT)
    if not is_end and "|" in line and split_title(line):
        args = (_COMPONENTS, _IMPACT, _TITLE, _TEXT)
    command = Command("emergency", "", args, "emergency We are down.", _never)
    told = read(command, line, Vocabulary(components, ZoneInfo("UTC"), now, "duckrow"))
    return Notice(
        text=told["text"],
        title=told.get("title"),
        impact=told.get("impact"),
        components=told.get("components") or {},
        is_end=is_end,
    )


def current(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """The emergency that is going on, as each target tells it, the newest last; empty if none is.

    One that was ended on any target is over.
    """
    emergencies = (one for one in incidents if one.id.startswith(_PREFIX))
    in_time = sorted(emergencies, key=lambda one: one.updated_at)
    newest = {one.id: one for one in in_time}
    going_on = (one for one in newest.values() if one.is_open)
    last = max(going_on, key=lambda one: one.updated_at, default=None)
    return tuple(one for one in in_time if last and one.id == last.id)


def tell(ledger: Telling, notice: Notice, going_on: str | None) -> Incident:
    """Open the emergency's incident, or write to the one that is going on. Raises Refusal.

    What is named is left out where a page does not know of it: an older one has to hear, too.
    """
    ids = {one.slug: one.id for one in ledger.components}
    update = Update(
        id=notice.update_id,
        number=1,
        phase=Phase.INVESTIGATING,
        text=notice.text,
        author=_OPERATOR,
        created_at=ledger.at,
        display_at=ledger.at,
        statuses={ids[slug]: status for slug, status in notice.components.items() if slug in ids},
        impact=notice.impact,
        revision=ledger.revision,
    )
    one = ledger.incident_by_id(going_on) if going_on else None
    if one and one.is_open:
        return _go_on(ledger, one, update, notice)
    return _open(ledger, update, notice)


def _open(ledger: Telling, update: Update, notice: Notice) -> Incident:
    if notice.is_end:
        raise Refusal(
            "there is no emergency to end: none is open on the page.",
            "What the ledger opened is closed with: duckrow incident resolve",
        )
    return ledger.open(
        Incident(
            id=notice.incident_id,
            number=0,
            kind=Kind.INCIDENT,
            title=notice.title or TITLE,
            channel="",
            opened_by=_OPERATOR,
            created_at=ledger.at,
            updated_at=ledger.at,
            updates=(update,),
        )
    )


def _go_on(ledger: Telling, one: Incident, update: Update, notice: Notice) -> Incident:
    if notice.title and notice.title != one.title:
        one = ledger.rename(one, notice.title)
    update = replace(
        update,
        number=len(one.updates) + 1,
        phase=Phase.RESOLVED if notice.is_end else one.phase,
        display_at=max(update.display_at, one.shown_at),
        statuses=one.all_clear() if notice.is_end else update.statuses,
    )
    return ledger.append(one.accept(update))


def names(components: tuple[Component, ...]) -> dict[str, str]:
    """Short name to name of what can be named."""
    return {one.slug: one.name for one in components if not one.is_group}


def _never(**_: Any) -> None:
    """A notice is read as a command is, and not carried out as one."""
