"""An incident, its updates, and the rules by which one may follow another. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property

from bot.core.errors import Refusal
from bot.core.status import ComponentStatus, Impact, Kind, Phase

_MINUTE = timedelta(minutes=1)

Statuses = Mapping[str, ComponentStatus]  # component id -> what is said of it


def is_backdated(shown: datetime, written: datetime) -> bool:
    """True where the time shown is not when it was written; readers are shown minutes."""
    return abs(written - shown) >= _MINUTE


@dataclass(frozen=True)
class Author:
    """Who said it. Never shown on the public page."""

    id: str
    name: str


@dataclass(frozen=True)
class Update:
    """One published text of an incident."""

    id: str
    number: int  # 1, 2, 3 … within its incident; retracted ones keep theirs
    phase: Phase
    text: str  # Slack markup, as typed
    author: Author
    created_at: datetime
    display_at: datetime  # the time readers see
    statuses: Statuses
    impact: Impact | None = None  # only when set by hand
    edited_at: datetime | None = None
    retracted_at: datetime | None = None
    revision: int = 0  # of its last change

    @property
    def is_standing(self) -> bool:
        return self.retracted_at is None

    def stood_at(self, moment: datetime) -> bool:
        """True where it had been told by then, and not been taken back."""
        return self.created_at <= moment and (
            self.retracted_at is None or moment < self.retracted_at
        )

    @property
    def is_backdated(self) -> bool:
        return is_backdated(self.display_at, self.created_at)


@dataclass(frozen=True)
class Change:
    """What one update changed about one component."""

    component_id: str
    old: ComponentStatus
    new: ComponentStatus


@dataclass(frozen=True)
class Incident:
    """An incident or a maintenance with all its updates, oldest first, retracted ones included."""

    id: str
    number: int
    kind: Kind
    title: str
    channel: str
    opened_by: Author
    created_at: datetime
    updated_at: datetime
    updates: tuple[Update, ...]
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None
    revision: int = 0  # of its last change
    renamed_at: datetime | None = None

    @cached_property
    def standing(self) -> tuple[Update, ...]:
        """The updates readers see, oldest first."""
        return tuple(update for update in self.updates if update.is_standing)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """Update id -> its place among the standing ones."""
        return {update.id: at for at, update in enumerate(self.standing)}

    @property
    def is_withdrawn(self) -> bool:
        return not self.standing

    @property
    def phase(self) -> Phase:
        """What its newest standing update said; a withdrawn report is over."""
        if self.standing:
            return self.standing[-1].phase
        return Phase.COMPLETED if self.kind is Kind.MAINTENANCE else Phase.RESOLVED

    @property
    def state(self) -> str:
        """Where it stands, in a word or two: its phase, or how it came to nothing."""
        if self.is_withdrawn:
            return "Withdrawn"
        return "Cancelled" if self.is_cancelled else self.phase.label

    @property
    def is_open(self) -> bool:
        return not self.phase.is_closed

    @property
    def is_cancelled(self) -> bool:
        """True of a maintenance that is over and never ran."""
        over = self.kind is Kind.MAINTENANCE and not (self.is_open or self.is_withdrawn)
        return over and self.began_at is None

    @property
    def began_at(self) -> datetime | None:
        """When what it says of components began to count: not while it was only planned."""
        running = (update.display_at for update in self.standing if update.phase.is_running)
        return next(running, None)

    @property
    def started_at(self) -> datetime:
        return self.standing[0].display_at if self.standing else self.created_at

    @property
    def shown_at(self) -> datetime:
        """The time shown on its newest standing update; of a withdrawn report, that of its end."""
        return self.standing[-1].display_at if self.standing else self.withdrawn_at

    @property
    def withdrawn_at(self) -> datetime:
        """When the last of a withdrawn report's updates was retracted."""
        return max(update.retracted_at or update.created_at for update in self.updates)

    @property
    def ended_at(self) -> datetime | None:
        """When it was last resolved or completed; None while it is open."""
        if self.is_open:
            return None
        closing = [update for update in self.standing if update.phase is not Phase.POSTMORTEM]
        return closing[-1].display_at if closing else self.shown_at

    @property
    def impact_by_hand(self) -> Impact | None:
        """The newest impact that somebody set; None when it is computed."""
        by_hand = [update.impact for update in self.standing if update.impact]
        return by_hand[-1] if by_hand else None

    @property
    def impact(self) -> Impact:
        """The worst that any standing update said, unless set by hand; none once withdrawn."""
        if self.is_withdrawn:
            return Impact.NONE
        worst = max(Impact.of(update.statuses.values()) for update in self.standing)
        return self.impact_by_hand or worst

    @cached_property
    def statuses(self) -> Statuses:
        """What it says now of each component it ever named, in the order first named."""
        return {
            component: status
            for update in self.standing
            for component, status in update.statuses.items()
        }

    @property
    def affecting(self) -> Statuses:
        """What it says that counts now: nothing once it is over, or before it begins."""
        return self.statuses if self.phase.is_running else {}

    def changes(self, update: Update) -> tuple[Change, ...]:
        """What a standing update changed, each component with its status before and after.

        What a maintenance says counts from its beginning on: what is only planned, or is called
        off, changes nothing.
        """
        before: dict[str, ComponentStatus] = {}
        has_begun = update.phase.is_running or self.kind is Kind.INCIDENT
        for earlier in self.standing[: self._places[update.id]]:
            if earlier.phase is not Phase.SCHEDULED:
                before |= earlier.statuses
                has_begun = True
        if not has_begun:
            return ()
        return tuple(
            Change(component, before.get(component, ComponentStatus.OPERATIONAL), status)
            for component, status in update.statuses.items()
        )

    def label(self, update: Update) -> str:
        """The update's label as Statuspage's feeds say it: its phase, or "Update" if repeated."""
        at = self._places[update.id]
        repeated = at > 0 and self.standing[at - 1].phase is update.phase
        return "Update" if repeated else update.phase.label

    def heading(self, update: Update) -> str:
        """The post's own title: the incident's, then "… Update", and "… Conclusion" at its end."""
        if update.phase in {Phase.RESOLVED, Phase.COMPLETED}:
            return f"{self.title} Conclusion"
        return f"{self.title} Update" if self._places[update.id] else self.title

    def all_clear(self) -> Statuses:
        """Every component it named, operational: what resolving says."""
        return dict.fromkeys(self.statuses, ComponentStatus.OPERATIONAL)

    def accept(self, update: Update, *, reopening: bool = False, zone: tzinfo = UTC) -> "Incident":
        """The incident with one more update; refused when it may not follow."""
        if not reopening:
            self.require_open()
        elif self.is_open:
            raise Refusal(
                f"incident #{self.number} is open already.",
                f"Write to it with: update #{self.number} …",
            )
        self._require_order(update, zone)
        return replace(
            self,
            updates=(*self.updates, update),
            updated_at=update.created_at,
            revision=update.revision,
        )

    def require_open(self) -> None:
        """Refuse when there is nothing more to tell about it."""
        self.require_standing()
        if not self.is_open:
            is_incident = self.kind is Kind.INCIDENT
            raise Refusal(
                f"{self.kind.value} #{self.number} is already {self.state.lower()}.",
                f"Reopen it with: reopen #{self.number} …" if is_incident else "Schedule another.",
            )

    def require_standing(self) -> None:
        """Refuse when the whole report was withdrawn."""
        if self.is_withdrawn:
            verb = "open" if self.kind is Kind.INCIDENT else "schedule"
            raise Refusal(
                f"{self.kind.value} #{self.number} was withdrawn.",
                f"If it is happening after all, {verb} a new one.",
            )

    def _require_order(self, update: Update, zone: tzinfo) -> None:
        self.require_standing()
        if update.display_at < self.shown_at:
            last = self.standing[-1]
            shown = last.display_at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
            raise Refusal(
                f"that is before update {last.number} of #{self.number}, shown at {shown}.",
                "Give a later time, or retract that update first.",
            )
