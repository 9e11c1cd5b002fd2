"""May this person do this, here? Looked at again for every command and every pressed button."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.errors import Refusal
from bot.slack.directory import Directory
from bot.slack.identity import Identity
from bot.slack.payloads import Origin


class Access:
    """Workspace and app, then the channel, then the person."""

    def __init__(self, identity: Identity, directory: Directory, channels: Sequence[str]) -> None:
        self._identity = identity
        self._directory = directory
        self._channels = tuple(channels)

    def refusal(self, origin: Origin, now: datetime) -> Refusal | None:
        """Why not; None when they may. The remedy is in Slack's markup."""
        return (
            self._wrong_place(origin)
            or _without_id(origin)
            or self._wrong_channel(origin)
            or self._directory.refusal(origin.user, origin.team, now)
        )

    def _wrong_place(self, origin: Origin) -> Refusal | None:
        us = self._identity.known
        if us is None:
            return Refusal(
                "the bot has just started and does not know its workspace yet.",
                "Try again in a moment.",
            )
        enterprise = self._identity.enterprise
        is_ours = (
            (origin.team, origin.app, origin.user_team) == (us.team, us.app, us.team)
            and not origin.is_org_wide
            and (enterprise is None or origin.enterprise in ("", enterprise))
        )
        if is_ours:
            return None
        return Refusal(
            "this comes from another workspace or app.", "Type it where the bot is installed."
        )

    def _wrong_channel(self, origin: Origin) -> Refusal | None:
        if origin.channel in self._channels:
            return None
        places = " or ".join(f"<#{channel}>" for channel in self._channels)
        return Refusal("this is no incident channel.", f"Type it in {places}.")


def _without_id(origin: Origin) -> Refusal | None:
    if origin.trigger:
        return None
    return Refusal("it came without the id that keeps it from being saved twice.", "Type it again.")
