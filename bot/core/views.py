"""What the public page shows, as frozen values for templates.

Each field's `help` tells what it is to whoever writes a template. bot.core.shown makes them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.core.bars import Bar
from bot.core.incident import is_backdated
from bot.core.page import Page, says
from bot.core.status import Banner, ComponentStatus, Impact, Kind, Phase


@dataclass(frozen=True)
class Turn:
    """What a post changed about one component."""

    component: str = field(metadata=says("Its public name"))
    old: ComponentStatus = field(metadata=says("Before"))
    new: ComponentStatus = field(metadata=says("After; the same as before means: still"))


@dataclass(frozen=True)
class Post:
    """One update, as a day or an incident's own page tells it."""

    id: str = field(metadata=says("Of the update; its anchor is #update-<id>"))
    incident_id: str = field(metadata=says("Of the incident; its page is incidents/<id>/"))
    incident_title: str = field(metadata=says("As typed"))
    title: str = field(
        metadata=says('The incident\'s title, then "… Update", and "… Conclusion" at its end')
    )
    label: str = field(metadata=says("Its phase in words, or Update where the phase is repeated"))
    phase: Phase = field(metadata=says("What it said"))
    text: str = field(metadata=says("Slack markup: for the filters `html` and `plain` only"))
    at: datetime = field(metadata=says("The time shown"))
    told_at: datetime = field(metadata=says("When it was really written"))
    edited_at: datetime | None = field(metadata=says("When its text was last corrected"))
    turns: tuple[Turn, ...] = field(metadata=says("What it changed"))
    after: timedelta | None = field(
        metadata=says("How long it had lasted, on the post that says it is over")
    )
    is_cancellation: bool = field(
        default=False,
        metadata=says("It calls a maintenance off: pages say Cancelled, feeds Completed"),
    )

    @property
    def is_backdated(self) -> bool:
        return is_backdated(self.at, self.told_at)

    @property
    def state(self) -> str:
        """The label as pages say it; feeds keep to Statuspage's own words."""
        return "Cancelled" if self.is_cancellation else self.label


@dataclass(frozen=True)
class Story:
    """An incident or a maintenance, told whole."""

    id: str = field(metadata=says("Its page is incidents/<id>/"))
    title: str = field(metadata=says("As typed"))
    kind: Kind = field(metadata=says("Incident or maintenance"))
    phase: Phase = field(metadata=says("Where it stands"))
    impact: Impact = field(metadata=says("The worst it was"))
    status: ComponentStatus = field(
        metadata=says("The worst it says now, at least degraded while it is open")
    )
    affected: tuple[str, ...] = field(
        metadata=says("Public names of every component it ever named")
    )
    started_at: datetime = field(metadata=says("The time of its first post"))
    ended_at: datetime | None = field(metadata=says("When it was over; None while it is open"))
    scheduled_for: datetime | None = field(metadata=says("A maintenance's window begins"))
    scheduled_until: datetime | None = field(metadata=says("A maintenance's window ends"))
    posts: tuple[Post, ...] = field(metadata=says("Newest first"))
    is_withdrawn: bool = field(metadata=says("Nothing of it was to be told"))
    began_at: datetime | None = field(
        default=None,
        metadata=says("When it really began: a maintenance's work; None where it did not"),
    )
    is_cancelled: bool = field(
        default=False, metadata=says("A maintenance that was called off before it began")
    )

    @property
    def state(self) -> str:
        """Its phase as pages say it."""
        return "Cancelled" if self.is_cancelled else self.phase.label

    @property
    def postmortem(self) -> tuple[Post, ...]:
        return tuple(post for post in self.posts if post.phase is Phase.POSTMORTEM)

    @property
    def updates(self) -> tuple[Post, ...]:
        """The posts without what was learned afterwards, newest first."""
        return tuple(post for post in self.posts if post.phase is not Phase.POSTMORTEM)

    @property
    def lasted(self) -> timedelta | None:
        began = self.began_at or self.started_at
        return self.ended_at - began if self.ended_at else None


@dataclass(frozen=True)
class Excerpt:
    """What was told of one incident on one day."""

    id: str = field(metadata=says("Of the incident; its page is incidents/<id>/"))
    title: str = field(metadata=says("As typed"))
    posts: tuple[Post, ...] = field(metadata=says("Newest first"))


@dataclass(frozen=True)
class Day:
    """A day on which something was told."""

    date: "date" = field(metadata=says("In the page's zone"))
    posts: tuple[Post, ...] = field(metadata=says("Newest first"))
    ongoing: tuple[Story, ...] = field(
        metadata=says("Open ones told of that day, whose posts stand above")
    )

    @property
    def excerpts(self) -> tuple[Excerpt, ...]:
        """The posts by incident: the one last told of first."""
        by_incident: dict[str, list[Post]] = {}
        for post in self.posts:
            by_incident.setdefault(post.incident_id, []).append(post)
        return tuple(
            Excerpt(id_, posts[0].incident_title, tuple(posts))
            for id_, posts in by_incident.items()
        )


@dataclass(frozen=True)
class Quiet:
    """A run of days on which nothing was told."""

    first: date = field(metadata=says("The earliest"))
    last: date = field(metadata=says("The latest; the same for a single day"))


@dataclass(frozen=True)
class Part:
    """A component, or a group with its components."""

    slug: str = field(metadata=says("A component's page is components/<slug>/; a group has none"))
    name: str = field(metadata=says("Its name within its group"))
    description: str = field(metadata=says("A line about it, or nothing"))
    status: ComponentStatus = field(metadata=says("The worst that anything open says of it"))
    bar: Bar = field(metadata=says("Its last ninety days"))
    parts: tuple["Part", ...] = field(
        metadata=says("The components of a group; empty for a component")
    )


@dataclass(frozen=True)
class Report:
    """One line of an archive."""

    id: str = field(metadata=says("Of the incident; its page is incidents/<id>/"))
    title: str = field(metadata=says("As typed"))
    status: ComponentStatus = field(metadata=says("The worst it said of anything"))


@dataclass(frozen=True)
class Mark:
    """A day of a year on which something was going on."""

    date: "date" = field(metadata=says("In the page's zone"))
    status: ComponentStatus = field(metadata=says("The worst that was said"))
    reports: tuple[Report, ...] = field(metadata=says("Of what, in the order it began"))


@dataclass(frozen=True)
class MonthLink:
    """A month; in archives only those in which something was told are links."""

    first: date = field(metadata=says("The first of the month"))
    reports: tuple[Report, ...] = field(
        default=(), metadata=says("What was told of, in the order it began, where that is shown")
    )
    more: int = field(default=0, metadata=says("How many reports its own page has beyond those"))
    days: int = field(default=0, metadata=says("How many of its days have come, in a year's page"))
    begins: int = field(
        default=0, metadata=says("How many of those were before the page began, in a year's page")
    )
    marks: tuple[Mark, ...] = field(
        default=(), metadata=says("Its days with something going on, in a year's page")
    )

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class HomePage:
    """`/`: is it broken, what exactly, since when, and is it often so?"""

    page: Page = field(metadata=says("The page, as of one revision"))
    banner: Banner = field(metadata=says("The situation in one line"))
    status: ComponentStatus = field(metadata=says("The banner's shape and colour"))
    headline: str = field(metadata=says("The calm headline, or the banner's description"))
    ducks: tuple[ComponentStatus, ...] = field(
        metadata=says("One for each component or group, at most twelve")
    )
    open: tuple[Story, ...] = field(metadata=says("Open incidents, newest first"))
    maintenances: tuple[Story, ...] = field(metadata=says("Running and coming ones, soonest first"))
    parts: tuple[Part, ...] = field(metadata=says("Components and groups in the page's order"))
    days: tuple[Day | Quiet, ...] = field(
        metadata=says("The last fifteen, none before the page's first, newest first")
    )
    earlier: Day | None = field(
        metadata=says("The last day that had posts, where those fifteen had none")
    )


@dataclass(frozen=True)
class MonthPage:
    """`/2013/02/`: a month, day by day."""

    page: Page = field(metadata=says("The page, as of one revision"))
    first: date = field(metadata=says("The first of the month"))
    days: tuple[Day, ...] = field(metadata=says("Days with posts, newest first"))
    earlier: MonthLink | None = field(metadata=says("The nearest earlier month that has something"))
    later: MonthLink | None = field(metadata=says("The nearest later month that has something"))


@dataclass(frozen=True)
class YearPage:
    """`/2013/`: a year's months and what they tell of."""

    page: Page = field(metadata=says("The page, as of one revision"))
    year: int = field(metadata=says("2013"))
    months: tuple[MonthLink, ...] = field(
        metadata=says("Those that have come since the page began, newest first")
    )


@dataclass(frozen=True)
class HistoryPage:
    """`/history/`: every month that has something, by year."""

    page: Page = field(metadata=says("The page, as of one revision"))
    years: tuple[tuple[int, tuple[MonthLink, ...]], ...] = field(
        metadata=says("Newest first, and so each year")
    )
    components: tuple[str, ...] = field(
        metadata=says("The short names of all components; the page of one is components/<name>/")
    )


@dataclass(frozen=True)
class IncidentPage:
    """`/incidents/<id>/`: one incident's permalink."""

    page: Page = field(metadata=says("The page, as of one revision"))
    story: Story = field(metadata=says("The incident or maintenance"))


@dataclass(frozen=True)
class PlainPage:
    """What says nothing of incidents: 404.html, robots.txt."""

    page: Page = field(metadata=says("The page, as of one revision"))
