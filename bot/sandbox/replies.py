"""What apps say in answer: to a command in its ack, and later through a response_url.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from typing import Any

from bot.sandbox.api.chat import change, content
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.messages import Message
from bot.sandbox.model.tickets import ReplyTo
from bot.sandbox.model.workspace import Workspace


def reply(workspace: Workspace, path: str, body: Any) -> None:
    """Use a response_url once; raises SlackError."""
    with workspace.changing():
        to = workspace.tickets.replies.get(path)
        if to is None:
            raise SlackError("used_url")
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        to.spend(workspace.clock())
        _carry_out(workspace, to, body)


def _carry_out(workspace: Workspace, to: ReplyTo, body: Json) -> None:
    """A command has no message of its own to replace, so there it is a new one."""
    pressed = _pressed(workspace, to)
    if body.get("delete_original") and pressed:
        workspace.delete(pressed)
    elif body.get("replace_original") and pressed:
        channel = workspace.channels[to.channel]
        change(workspace, pressed, content(workspace, channel, body))
    else:
        show(workspace, to, body)


def _pressed(workspace: Workspace, to: ReplyTo) -> Message | None:
    """The message with the button, an ephemeral too."""
    found = [m for m in workspace.timelines[to.channel].messages if m.ts == to.message_ts]
    return found[0] if found else None


def show(workspace: Workspace, to: ReplyTo, body: Json) -> Message:
    """A message only for the person, unless the app says in_channel; raises SlackError."""
    kind = body.get("response_type", "ephemeral")
    if kind not in {"ephemeral", "in_channel"}:
        raise SlackError("invalid_response_type")
    message = content(workspace, workspace.channels[to.channel], body)
    message.response_type = kind
    message.thread_ts = body.get("thread_ts") or to.thread_ts
    message.seen_by = to.user if kind == "ephemeral" else None
    return workspace.add(message)
