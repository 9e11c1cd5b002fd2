"""Writing to the ledger: one transaction, one revision, one row in the audit."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.core.ids import new_id
from bot.core.incident import Author, Incident, Update
from bot.core.page import Component, Page
from storage import merging, questions, rows, schema
from storage.deliveries import Deliveries
from storage.publications import Publications
from storage.reader import Reader
from storage.requests import Requests

_TICK = timedelta(milliseconds=1)  # the JSON shows milliseconds, and must differ per revision
_UPDATE_INCIDENT = update(schema.incident).where(schema.incident.c.id == bindparam("incident_id"))
_INSERT_INCIDENT = insert(schema.incident)
_INSERT_UPDATE = insert(schema.incident_update)
_INSERT_IMPACT = insert(schema.component_impact)
_INSERT_CHANGE = insert(schema.change)
_UPDATE_PAGE = update(schema.page)
_UPDATE_COMPONENT = update(schema.component).where(
    schema.component.c.id == bindparam("component_id")
)
_UPDATE_UPDATE = update(schema.incident_update).where(
    schema.incident_update.c.id == bindparam("update_id")
)


@dataclass(frozen=True)
class Cause:
    """Why something is told: who asked for it, when, and the key by which it happens once."""

    key: str
    what: str  # the subcommand, or "clock", "settings" …
    author: Author
    at: datetime


@dataclass(frozen=True)
class SlackIdentity:
    """The installation's ids in Slack: its team, its app, and the bot's user."""

    team: str = ""
    app: str = ""
    bot: str = ""


_SLACK = (schema.page.c.slack_team, schema.page.c.slack_app, schema.page.c.slack_bot)

PROGRAM = Author("duckrow", "Duckrow")  # the author of what the program does by itself


class Ledger(Reader):
    """One transaction: every question of Reader, and the program's own bookkeeping."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.requests = Requests(connection)
        self.deliveries = Deliveries(connection)
        self.publications = Publications(connection)

    def slack(self) -> SlackIdentity:
        """Who we are in Slack, as last heard; empty before the first time."""
        row = self.connection.execute(select(*_SLACK)).one()
        return SlackIdentity(*row)

    def remember_slack(self, identity: SlackIdentity) -> None:
        self.connection.execute(
            update(schema.page),
            {
                "slack_team": identity.team,
                "slack_app": identity.app,
                "slack_bot": identity.bot,
            },
        )

    def begin_page(self, page: Page) -> bool:
        """Give an empty ledger its page; False, and nothing done, where there is one."""
        if self.has_page():
            return False
        row = {name: getattr(page, name) for name in rows.PAGE_FIELDS}
        self.connection.execute(insert(schema.page), row | {"row": 1, "next_number": 1})
        return True


class Telling(Ledger):
    """A transaction that tells something: it holds the page's lock and makes one revision.

    Database.telling opens it with the page locked and calls `finish` before the commit.
    """

    def __init__(self, connection: Connection, cause: Cause) -> None:
        super().__init__(connection)
        self.cause = cause
        self._touched: dict[str, None] = {}
        self._months: dict[str, None] = {}
        self._everything = False
        self._page: dict[str, Any] = {}
        self._overtaken: tuple[int, datetime] | None = None
        self._before: list[Mapping[str, Any]] = []
        self._after: list[Mapping[str, Any]] = []

    @cached_property
    def page(self) -> Page:
        """The page; its row is locked from the first look at it until the transaction ends."""
        return self._read_page(questions.PAGE_LOCKED)

    @property
    def revision(self) -> int:
        """The revision this transaction makes, if it tells anything."""
        overtaken = self._overtaken[0] if self._overtaken else 0
        return max(self.page.revision, overtaken) + 1

    @cached_property
    def at(self) -> datetime:
        """The time of this change, to the millisecond, always after the previous change's."""
        now = self.cause.at.replace(microsecond=self.cause.at.microsecond // 1000 * 1000)
        before = (self.page.as_of, self._overtaken[1] if self._overtaken else None)
        return max([now, *(moment + _TICK for moment in before if moment)])

    @property
    def tells(self) -> bool:
        """True when something was told that readers will see."""
        return bool(self._everything or self._touched or self._page)

    def open(self, incident: Incident) -> Incident:
        """Store a new incident with its first update; its number is given here."""
        numbered = replace(incident, number=self._take_number(), revision=self.revision)
        self.connection.execute(_INSERT_INCIDENT, rows.incident_row(numbered))
        self._store_update(numbered, numbered.updates[-1])
        self._touch(numbered, {}, {"title": numbered.title})
        return numbered

    def append(self, incident: Incident) -> Incident:
        """Store the last update of an incident that `accept` gave."""
        self._store_update(incident, incident.updates[-1])
        return self._store(incident, {}, rows.update_row(incident, incident.updates[-1]))

    def reschedule(self, incident: Incident, was: Incident) -> Incident:
        """The same for a maintenance whose window the update moved."""
        before, after = rows.window(was), rows.window(incident)
        self.connection.execute(_UPDATE_INCIDENT, after | {"incident_id": incident.id})
        self._note({"incident": was.number, **before}, {"incident": incident.number, **after})
        return self.append(incident)

    def rename(self, incident: Incident, title: str) -> Incident:
        renamed = replace(incident, title=title, renamed_at=self.at)
        return self._store(renamed, {"title": incident.title}, {"title": title})

    def edit(self, incident: Incident, told: Update, text: str) -> Incident:
        """Give one update another text."""
        new = replace(told, text=text, edited_at=self.at, revision=self.revision)
        return self._change(incident, told, new, {"text": told.text}, {"text": text})

    def retract(self, incident: Incident, told: Update) -> Incident:
        """Take one update off the page; it stays in the ledger."""
        new = replace(told, retracted_at=self.at, revision=self.revision)
        return self._change(incident, told, new, {"update": told.id}, {"retracted": told.id})

    def configure(self, **fields: object) -> None:
        """Change what the page says of itself; tells nothing where all is so already."""
        changed = {name: new for name, new in fields.items() if getattr(self.page, name) != new}
        if changed:
            self._page |= changed
            self._everything = True
            self._note({name: getattr(self.page, name) for name in changed}, changed)

    def add_component(self, component: Component) -> None:
        """Add a component or a group."""
        self.connection.execute(insert(schema.component), rows.columns(schema.component, component))
        self.__dict__.pop("components", None)  # what was read of them is out of date
        self._everything = True
        self._note({}, {"component": component.slug, "name": component.name})

    def overtake(self, revision: int, at: datetime) -> None:
        """Go on above a revision of another copy of this ledger; to be said before all else."""
        self._overtaken = (revision, at)
        self._everything = True

    def merge(self, incident: Incident, was: Incident | None) -> Incident:
        """Store an incident as it is united with what another copy told; `was` is ours."""
        number = was.number if was else self._take_number(incident.number)
        merged = replace(incident, number=number, updated_at=self.at, revision=self.revision)
        merging.write(self.connection, merged, was)
        self._touch_components({one for told in merged.updates for one in told.statuses})
        before = {"updates": [one.id for one in was.updates]} if was else {}
        self._touch(merged, before, {"updates": [one.id for one in merged.updates]})
        return merged

    def restore(self, incident: Incident) -> Incident:
        """Store an incident just as it was told elsewhere: for a ledger made of a page."""
        numbered = replace(incident, number=self._take_number(incident.number))
        merging.write(self.connection, numbered, None)
        return numbered

    def turn_day(self) -> None:
        """Tell that time passed: the page's days, and what depends on them, are due."""
        self._page["as_of"] = self.at
        self._note({"as_of": str(self.page.as_of)}, {"as_of": str(self.at)})

    def finish(self) -> int | None:
        """Write the change and the page's new revision, if anything was told."""
        if not self.tells:
            return None
        change_id = new_id()
        self.connection.execute(_INSERT_CHANGE, self._change_row(change_id))
        self.connection.execute(
            _UPDATE_PAGE,
            self._page | {"revision": self.revision, "change_id": change_id, "as_of": self.at},
        )
        return self.revision

    def _change_row(self, change_id: str) -> dict[str, Any]:
        return {
            "revision": self.revision,
            "id": change_id,
            "at": self.at,
            "what": self.cause.what,
            "key": self.cause.key,
            "author_id": self.cause.author.id,
            "author_name": self.cause.author.name,
            "incidents": json.dumps(list(self._touched)),
            "months": json.dumps(list(self._months)),
            "everything": self._everything,
            "before": json.dumps(self._before, default=str),
            "after": json.dumps(self._after, default=str),
        }

    def _take_number(self, wanted: int = 0) -> int:
        """The next number, or the one that is wanted where it is free."""
        if wanted and self.incident(wanted) is None:
            reached = schema.page.c.next_number
            above = update(schema.page).where(reached <= wanted)
            self.connection.execute(above.values(next_number=wanted + 1))
            return wanted
        number = self.connection.execute(
            update(schema.page)
            .values(next_number=schema.page.c.next_number + 1)
            .returning(schema.page.c.next_number)
        ).scalar_one()
        return int(number) - 1

    def _change(
        self,
        incident: Incident,
        old: Update,
        new: Update,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> Incident:
        self.connection.execute(_UPDATE_UPDATE, rows.changing(new) | {"update_id": new.id})
        self._touch_components(old.statuses)
        updates = tuple(new if one.id == old.id else one for one in incident.updates)
        self._touch_months((old,))
        return self._store(replace(incident, updates=updates), before, after)

    def _store(
        self, incident: Incident, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Incident:
        stored = replace(incident, updated_at=self.at, revision=self.revision)
        row = rows.derived(stored) | {"incident_id": stored.id}
        self.connection.execute(_UPDATE_INCIDENT, row)
        self._touch(stored, before, after)
        return stored

    def _store_update(self, incident: Incident, told: Update) -> None:
        self.connection.execute(_INSERT_UPDATE, rows.update_row(incident, told))
        if impacts := rows.impact_rows(told):
            self.connection.execute(_INSERT_IMPACT, impacts)
            self._touch_components(told.statuses)

    def _touch_components(self, ids: Iterable[str]) -> None:
        if touched := [{"component_id": one, "updated_at": self.at} for one in sorted(ids)]:
            self.connection.execute(_UPDATE_COMPONENT, touched)

    def _touch(
        self, incident: Incident, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        self._touched[incident.id] = None
        self._touch_months(incident.standing)
        self._note({"incident": incident.number, **before}, {"incident": incident.number, **after})

    def _touch_months(self, updates: Iterable[Update]) -> None:
        for told in updates:
            month = told.display_at.astimezone(self.page.zone).strftime("%Y-%m")
            self._months[month] = None

    def _note(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self._before.append(before)
        self._after.append(after)
