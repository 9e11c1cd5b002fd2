"""What Slack sends to the app, whichever way it goes, and how that can fail."""

from dataclasses import dataclass
from typing import Literal, Protocol

from bot.sandbox.model.errors import Json

Kind = Literal["slash_commands", "interactive", "events_api"]
DEADLINE = 3.0


@dataclass(frozen=True)
class Envelope:
    """One delivery; `retry` counts from 1 when an event is sent again."""

    id: str
    kind: Kind
    payload: Json
    retry: int = 0
    retry_reason: str = ""


class DeliveryFailed(Exception):  # noqa: N818 -- it is what happened
    """The app did not take it: `error` is Slack's word for how."""

    def __init__(self, error: str, *, may_retry: bool = True) -> None:
        super().__init__(error)
        self.error = error
        self.may_retry = may_retry


class Transport(Protocol):
    """A way to the app."""

    def deliver(self, envelope: Envelope, seconds: float) -> Json | None:
        """What the app answered, None when nothing; raises DeliveryFailed."""
        ...
