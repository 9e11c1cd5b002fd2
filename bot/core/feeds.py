"""What feeds show, as frozen values for templates; see bot.core.views."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.page import Page, says
from bot.core.status import Phase
from bot.core.views import Post, Story


@dataclass(frozen=True)
class Entry:
    """An incident or a maintenance, told whole and revised in place."""

    story: Story = field(metadata=says("The incident or maintenance"))
    shown_at: datetime = field(metadata=says("When its newest post was shown"))
    changed_at: datetime = field(metadata=says("When anything of it last changed"))

    @property
    def is_announced(self) -> bool:
        """True for a maintenance that is still to come, whose window is known."""
        return self.story.phase is Phase.SCHEDULED and None not in (
            self.story.scheduled_for,
            self.story.scheduled_until,
        )


@dataclass(frozen=True)
class Feed:
    """`/history.atom`, `/history.rss`: one entry per incident or maintenance."""

    page: Page = field(metadata=says("The page, as of one revision"))
    updated_at: datetime = field(metadata=says("When anything was last said or taken back"))
    entries: tuple[Entry, ...] = field(metadata=says("The latest told of first"))


@dataclass(frozen=True)
class ComponentFeed:
    """`/components/<slug>/history.atom`: what named one component."""

    page: Page = field(metadata=says("The page, as of one revision"))
    slug: str = field(metadata=says("The component's; its page is components/<slug>/"))
    name: str = field(metadata=says("Its public name"))
    updated_at: datetime = field(metadata=says("When anything was last said or taken back"))
    entries: tuple[Entry, ...] = field(metadata=says("The latest told of first"))


@dataclass(frozen=True)
class Told:
    """One update, as an entry of its own: who has read it once hears of the next one too."""

    key: str = field(metadata=says("What makes its id, for good: Update/<id>, Withdrawn/<id>"))
    title: str = field(metadata=says("The incident's"))
    post: Post = field(metadata=says("The update"))
    renamed_at: datetime | None = field(
        default=None, metadata=says("When the incident last got another title, if it did")
    )

    @property
    def changed_at(self) -> datetime:
        """When what the entry says last changed, its title included."""
        changes = (self.post.told_at, self.post.edited_at, self.renamed_at)
        return max(filter(None, changes))


@dataclass(frozen=True)
class UpdatesFeed:
    """`/updates.atom`: one entry per update."""

    page: Page = field(metadata=says("The page, as of one revision"))
    updated_at: datetime = field(metadata=says("When anything was last said or taken back"))
    entries: tuple[Told, ...] = field(metadata=says("The latest shown first"))
