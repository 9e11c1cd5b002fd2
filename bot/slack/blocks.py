"""The messages in the incident's channel, as Slack's blocks. Pure.

Everything people typed is escaped, so no mention comes alive; every message also says the same
as text, which is what screen readers and notifications get.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.incident import Incident, Update
from bot.core.maintenance import window
from bot.core.page import Page
from bot.core.status import ComponentStatus, Kind
from bot.core.text import escape_slack, summary, to_slack
from bot.slack.markup import split_markup

Block = dict[str, Any]

SHAPES = {
    ComponentStatus.OPERATIONAL: "●",
    ComponentStatus.DEGRADED_PERFORMANCE: "▲",
    ComponentStatus.PARTIAL_OUTAGE: "◐",
    ComponentStatus.MAJOR_OUTAGE: "✕",
    ComponentStatus.UNDER_MAINTENANCE: "□",
}

LONGEST_TEXT = 3_500  # characters; chat.update refuses more than 4,000
_LONGEST_HEADER = 150
_LONGEST_FIELD = 2_000
_SHORT = 400


@dataclass(frozen=True)
class Message:
    """What one message says: the text, and the blocks that show the same."""

    text: str
    blocks: list[Block]


@dataclass(frozen=True)
class Scene:
    """An incident with what is needed to tell of it."""

    incident: Incident
    page: Page
    names: Mapping[str, str]  # component id -> what the team calls it

    @property
    def permalink(self) -> str:
        return f"{self.page.url}incidents/{self.incident.id}/"

    def name(self, component: str) -> str:
        return escape_slack(self.names.get(component, component))

    def moment(self, when: datetime) -> str:
        """A time that Slack shows in each reader's own zone."""
        local = when.astimezone(self.page.zone).strftime("%Y-%m-%d %H:%M %Z")
        return f"<!date^{int(when.timestamp())}^{{date_long}} at {{time}}|{local}>"


def root(scene: Scene, old_thread: str = "") -> Message:
    """The one message of an incident, edited in place."""
    incident = scene.incident
    title = f"#{incident.number} {incident.title}"
    latest = incident.standing[-1].text if incident.standing else "This report was withdrawn."
    footer = [f"Opened by {escape_slack(incident.opened_by.name)}", _page_link(scene)]
    if old_thread:
        footer.append(f"<{escape_slack(old_thread)}|Earlier updates>")
    blocks: list[Block] = [
        {"type": "header", "text": _plain(title[:_LONGEST_HEADER])},
        {"type": "section", "fields": [_markup(field) for field in _facts(scene)]},
        *sections(to_slack(latest)),
        _context(" · ".join(footer)),
    ]
    return _message(f"{title}: {incident.state}. {summary(latest, _SHORT)}", blocks)


def update(scene: Scene, told: Update) -> Message:
    """One update, in the incident's thread."""
    if not told.is_standing:
        words = f"Update {told.number} was retracted."
        return _message(words, sections(f"_{words}_"))
    blocks = [
        _context(_byline(scene, told)),
        *sections("\n".join(_changes(scene, told))),
        *sections(to_slack(told.text)),
    ]
    return _message(f"{told.phase.label}: {summary(told.text, _SHORT)}", blocks)


def closing(scene: Scene, told: Update) -> Message:
    """The summary under the update that ended the incident; later it may say it did not."""
    if not told.is_standing:
        words = "Not over: the update that closed it was retracted."
    elif ends(scene.incident, told):
        said = _summed_up(scene)
        return _message(said, sections(f"{escape_slack(said)}\n{_page_link(scene)}"))
    else:
        words = "It was not over: the incident was reopened."
    return _message(words, sections(f"_{words}_"))


def ends(incident: Incident, told: Update) -> bool:
    """Is this the update with which a closed incident ended?"""
    if incident.is_open or not told.is_standing:
        return False
    return [one for one in incident.standing if one.phase is told.phase][-1] == told


def duration(length: timedelta) -> str:
    """As people say it, in two units at most: "3 h 30 min"."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = [(days, "d"), (hours, "h"), (0 if days else minutes % 60, "min")]
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said) or "less than a minute"


def sections(text: str) -> list[Block]:
    """Section blocks that hold all of a text in Slack's markup."""
    return [{"type": "section", "text": _markup(piece)} for piece in split_markup(text)]


def _facts(scene: Scene) -> list[str]:
    incident = scene.incident
    facts = [f"*Phase*\n{incident.state}", *_impact_or_window(scene)]
    if incident.ended_at and incident.began_at:
        facts.append(f"*Duration*\n{duration(incident.ended_at - incident.began_at)}")
    if incident.statuses:
        lines = [
            f"{SHAPES[status]} {scene.name(component)}: {status.label.lower()}"
            for component, status in incident.statuses.items()
        ]
        facts.append(split_markup("*Components*\n" + "\n".join(lines), _LONGEST_FIELD)[0])
    return facts


def _impact_or_window(scene: Scene) -> list[str]:
    incident = scene.incident
    if incident.kind is Kind.MAINTENANCE:
        begins, ends = (scene.moment(edge) for edge in window(incident))
        return [f"*From*\n{begins}", f"*Until*\n{ends}"]
    since = scene.moment(incident.started_at)
    return [f"*Impact*\n{incident.impact.label}", f"*Since*\n{since}"]


def _byline(scene: Scene, told: Update) -> str:
    parts = [
        f"*{told.phase.label}*",
        scene.moment(told.display_at),
        escape_slack(told.author.name),
        f"typed {scene.moment(told.created_at)}" if told.is_backdated else "",
        "edited" if told.edited_at else "",
    ]
    return " · ".join(filter(None, parts))


def _changes(scene: Scene, told: Update) -> list[str]:
    return [
        f"{SHAPES[change.new]} {scene.name(change.component_id)}: "
        f"{change.old.label.lower()} → {change.new.label.lower()}"
        for change in scene.incident.changes(told)
        if change.old is not change.new
    ]


def _summed_up(scene: Scene) -> str:
    incident = scene.incident
    count = len(incident.standing)
    told = f"{count} update{'s' if count != 1 else ''}"
    touched = ", ".join(scene.names.get(one, one) for one in incident.statuses)
    length = (incident.ended_at or incident.shown_at) - (incident.began_at or incident.started_at)
    after = "" if incident.is_cancelled else f" after {duration(length)}"
    return f"{incident.state}{after}: " + "; ".join(filter(None, [told, touched]))


def _page_link(scene: Scene) -> str:
    return f"<{escape_slack(scene.permalink)}|On the public page>"


def _message(text: str, blocks: list[Block]) -> Message:
    return Message(split_markup(escape_slack(text), LONGEST_TEXT)[0], blocks)


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_markup(split_markup(text)[0])]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _markup(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
