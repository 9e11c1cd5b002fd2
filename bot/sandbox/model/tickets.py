"""Things Slack hands out that are used up or go stale: triggers, response URLs, socket tickets."""

import secrets
from dataclasses import dataclass

from bot.sandbox.model.errors import SlackError

TRIGGER_SECONDS = 3.0
REPLY_SECONDS = 30 * 60.0
REPLY_USES = 5
TICKET_SECONDS = 30.0


@dataclass
class Trigger:
    """Leave to open one modal for one person, for three seconds."""

    id: str
    user: str
    born: float
    used: bool = False

    def spend(self, now: float) -> None:
        """Raises SlackError when it is too late, or the second time."""
        if now - self.born > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        if self.used:
            raise SlackError("exchanged_trigger_id")
        self.used = True


@dataclass
class ReplyTo:
    """A response_url: where it leads, and what is left of it."""

    path: str
    channel: str
    user: str
    born: float
    thread_ts: str | None = None
    message_ts: str | None = None  # the message whose button was pressed
    uses: int = 0

    def spend(self, now: float) -> None:
        """Raises SlackError with the two words that Slack answers a stale address with."""
        if now - self.born > REPLY_SECONDS:
            raise SlackError("expired_url")
        if self.uses >= REPLY_USES:
            raise SlackError("used_url")
        self.uses += 1


class Tickets:
    """All that was handed out, by its secret."""

    def __init__(self) -> None:
        self.triggers: dict[str, Trigger] = {}
        self.replies: dict[str, ReplyTo] = {}
        self.sockets: dict[str, float] = {}

    def new_trigger(self, user: str, now: float) -> Trigger:
        """https://docs.slack.dev/interactivity/handling-user-interaction#trigger_id."""
        numbers = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}"
        trigger = Trigger(f"{numbers}.{secrets.token_hex(16)}", user, now)
        self.triggers[trigger.id] = trigger
        return trigger

    def trigger(self, identity: str, now: float) -> Trigger:
        """The trigger, spent; raises SlackError."""
        if identity not in self.triggers:
            raise SlackError("invalid_trigger_id")
        trigger = self.triggers[identity]
        trigger.spend(now)
        return trigger

    def new_reply(self, kind: str, team: str, reply: ReplyTo) -> ReplyTo:
        """Gives it its address: `kind` is commands or actions."""
        number, secret = secrets.randbelow(10**13), secrets.token_urlsafe(18)
        reply.path = f"{kind}/{team}/{number}/{secret}"
        self.replies[reply.path] = reply
        return reply

    def new_socket(self, now: float) -> str:
        """A ticket for one Socket Mode connection."""
        ticket = secrets.token_hex(16)
        self.sockets[ticket] = now
        return ticket

    def take_socket(self, ticket: str, now: float) -> bool:
        """Whether the ticket was good; it is used up either way."""
        born = self.sockets.pop(ticket, None)
        return born is not None and now - born <= TICKET_SECONDS
