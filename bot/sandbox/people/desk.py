"""What every action of a person needs: the workspace and the way to the app."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.inbound.delivery import Delivery
from bot.sandbox.inbound.payloads import Payloads
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import SLACKBOT, Channel, Person
from bot.sandbox.model.tickets import ReplyTo
from bot.sandbox.model.workspace import Workspace


@dataclass(frozen=True)
class Desk:
    """`base_url` gives the sandbox's own address, known once it has started."""

    workspace: Workspace
    delivery: Delivery
    payloads: Payloads
    base_url: Callable[[], str]

    def trigger(self, person: Person) -> str:
        """A new trigger_id."""
        tickets = self.workspace.tickets
        return tickets.new_trigger(person.id, self.workspace.clock()).id

    def reply_to(
        self, kind: str, person: Person, channel: Channel, message_ts: str | None = None
    ) -> ReplyTo:
        """A new response_url."""
        now = self.workspace.clock()
        reply = ReplyTo("", channel.id, person.id, now, message_ts=message_ts)
        return self.workspace.tickets.new_reply(kind, self.workspace.team_id, reply)

    def url(self, reply: ReplyTo) -> str:
        """Where the app posts to."""
        return f"{self.base_url()}/hooks/{reply.path}"

    def slackbot(self, person: Person, channel: Channel, text: str, thread: str | None) -> Message:
        """Slack itself says something to one person."""
        ts = self.workspace.next_ts()
        message = Message(ts, channel.id, SLACKBOT, text, thread_ts=thread, seen_by=person.id)
        return self.workspace.add(message)
