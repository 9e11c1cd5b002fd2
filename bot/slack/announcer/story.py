"""One incident with everything that telling it takes, read in one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.incident import Incident, Update
from bot.core.page import Page
from bot.slack import blocks
from bot.slack.announcer.plan import Wanted, live_root
from bot.slack.blocks import Message, Scene
from storage.deliveries import Delivery, DeliveryKind


@dataclass(frozen=True)
class Story:
    """What is told, what Slack has of it, and where it belongs."""

    incident: Incident
    page: Page
    names: Mapping[str, str]
    deliveries: tuple[Delivery, ...]
    channels: tuple[str, ...]  # where its root may be, the likeliest first

    @property
    def home(self) -> str:
        """The channel it is told in: where it was told already, or else the likeliest."""
        roots = [one for one in self.deliveries if one.kind is DeliveryKind.ROOT and one.ts]
        return roots[-1].channel if roots else next(iter(self.channels), "")

    @property
    def thread_ts(self) -> str | None:
        root = live_root(self.deliveries)
        return root.ts if root else None

    @property
    def old_thread(self) -> tuple[str, str] | None:
        """Channel and ts of the last message under a root that somebody deleted."""
        roots = {one.ts for one in self.deliveries if one.kind is DeliveryKind.ROOT and one.deleted}
        left = [one for one in self.deliveries if one.ts and one.thread_ts in roots]
        standing = [(one.channel, one.ts) for one in left if one.ts and not one.deleted]
        return max(standing, key=lambda place: place[1], default=None)

    def message(self, wanted: Wanted, old_thread: str = "") -> Message:
        """What the message says now."""
        scene = Scene(self.incident, self.page, self.names)
        match wanted.kind:
            case DeliveryKind.ROOT:
                return blocks.root(scene, old_thread)
            case DeliveryKind.UPDATE:
                return blocks.update(scene, self._update(wanted))
            case DeliveryKind.CLOSING:
                return blocks.closing(scene, self._update(wanted))

    def _update(self, wanted: Wanted) -> Update:
        return next(one for one in self.incident.updates if one.id == wanted.update_id)
