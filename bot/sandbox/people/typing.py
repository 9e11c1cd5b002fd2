"""Typing into a channel: slash commands and ordinary messages, and taking them back."""

from bot.sandbox.inbound.envelope import DeliveryFailed
from bot.sandbox.model import text as texts
from bot.sandbox.model.errors import SlackError
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import Channel, Person
from bot.sandbox.people.desk import Desk
from bot.sandbox.replies import show

NO_THREADS = "{} is not supported in threads. Sorry!"
FAILED = '{} failed with the error "{}"'
UNKNOWN = "{} is not a valid command. In Slack, all messages that start with the “/” are commands."


class NotPossible(Exception):  # noqa: N818 -- it says what Slack does not offer
    """Something that Slack's own window would not let this person do."""


def say(
    desk: Desk, person: Person, channel: Channel, text: str, thread: str | None = None
) -> Message | None:
    """Type something. A command gives the reply its author saw, None when there was none."""
    _may_type(person, channel)
    if not text.startswith("/"):
        return _post(desk, person, channel, text, thread)
    name = text.split(maxsplit=1)[0]
    if name not in desk.workspace.app.commands:
        return desk.slackbot(person, channel, UNKNOWN.format(name), thread)
    if thread is not None:
        return desk.slackbot(person, channel, NO_THREADS.format(name), thread)
    return _command(desk, person, channel, name, text[len(name) :])


def _may_type(person: Person, channel: Channel) -> None:
    if person.deleted or person.id not in channel.members:
        raise NotPossible(f"{person.name} is not in #{channel.name}")
    if channel.is_archived:
        raise NotPossible(f"#{channel.name} is archived")


def _command(desk: Desk, person: Person, channel: Channel, name: str, rest: str) -> Message | None:
    workspace, app = desk.workspace, desk.workspace.app
    with workspace.lock:
        encoded = texts.command(
            rest,
            workspace.mention,
            should_escape=app.should_escape,
            wraps_links=app.wraps_links,
        )
        to = desk.reply_to("commands", person, channel)
        words, trigger = (name, encoded), desk.trigger(person)
        payload = desk.payloads.command(person, channel, words, trigger, desk.url(to))
    try:
        answer = desk.delivery.ask("slash_commands", payload)
        if not answer:
            return None
        if answer.get("response_type") == "in_channel":
            _post(desk, person, channel, f"{name}{rest}", None)
        return show(workspace, to, answer)
    except (DeliveryFailed, SlackError) as failed:
        # (?) What Slack shows for a reply that it cannot show is not documented.
        return desk.slackbot(person, channel, FAILED.format(name, failed.args[0]), None)


def _post(desk: Desk, person: Person, channel: Channel, text: str, thread: str | None) -> Message:
    workspace = desk.workspace
    with workspace.lock:
        if thread is not None:
            workspace.timelines[channel.id].root(thread)
        stored = texts.typed(text.strip(), workspace.mention)
        message = Message(workspace.next_ts(), channel.id, person.id, stored, thread_ts=thread)
        return workspace.add(message)


def delete(desk: Desk, message: Message) -> None:
    """Take a message away, as its author or an administrator does."""
    desk.workspace.delete(message)


def shortcut(desk: Desk, person: Person, callback_id: str, message: Message) -> None:
    """Use a message shortcut; raises DeliveryFailed."""
    channel = desk.workspace.channels[message.channel]
    with desk.workspace.lock:
        to = desk.reply_to("app", person, channel, message_ts=message.ts)
        payload = desk.payloads.shortcut(
            person, callback_id, message, desk.trigger(person), desk.url(to)
        )
    desk.delivery.ask("interactive", payload)
