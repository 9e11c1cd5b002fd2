"""chat.*: https://docs.slack.dev/reference/methods/chat.postMessage and its siblings."""

import json
from typing import Any

from bot.sandbox.api.call import Call, method
from bot.sandbox.blockkit import message_blocks
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import Channel
from bot.sandbox.model.text import posted
from bot.sandbox.model.workspace import Workspace

LONGEST_UPDATE = 4000
LARGEST_METADATA = 16_000  # (?) Slack names the error and not the size


@method("chat.postMessage", "chat:write", posts=True)
def post(call: Call) -> Json:
    """A new message, perhaps in a thread."""
    channel = _writable(call)
    thread = _thread(call, channel)
    message = content(call.workspace, channel, call.arguments, _metadata(call))
    message.thread_ts = thread
    message.broadcast = bool(thread) and call.flag("reply_broadcast")
    call.workspace.add(message)
    body = call.workspace.timelines[channel.id].as_json(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": body}


@method("chat.postEphemeral", "chat:write", posts=True)
def post_ephemeral(call: Call) -> Json:
    """A message that one person sees; there is no way to read, change or delete it."""
    channel, person = _writable(call), call.person()
    if person.id not in channel.members:
        raise SlackError("user_not_in_channel")
    thread = _thread(call, channel)
    message = content(call.workspace, channel, call.arguments)
    message.thread_ts, message.seen_by = thread, person.id
    call.workspace.add(message)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write", tier=3)
def update(call: Call) -> Json:
    """Changes one of the app's own messages; text without blocks takes the blocks away."""
    channel, message = _own(call, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    if len(str(call.get("text") or "")) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    changed = content(call.workspace, channel, call.arguments)
    metadata = _metadata(call)
    change(call.workspace, message, changed, metadata)
    body = call.workspace.timelines[channel.id].as_json(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": body}


@method("chat.delete", "chat:write", tier=3)
def delete(call: Call) -> Json:
    """Takes one of the app's own messages away."""
    channel, message = _own(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def permalink(call: Call) -> Json:
    """An address that shows the message in the sandbox's own page."""
    channel = call.channel()
    message = call.workspace.timelines[channel.id].find(call.need("message_ts"))
    link = f"{call.base_url}/sandbox/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def content(
    workspace: Workspace, channel: Channel, given: Json, metadata: Json | None = None
) -> Message:
    """A message by the app, not yet added to its channel; raises SlackError."""
    blocks = message_blocks(given["blocks"]) if given.get("blocks") else []
    text = str(given.get("text") or "")
    if not blocks and not text.strip() and not given.get("attachments"):
        raise SlackError("no_text")
    app = workspace.app
    message = Message(workspace.next_ts(), channel.id, app.bot_user, posted(text), app=app)
    message.blocks, message.metadata = blocks, metadata
    return message


def change(
    workspace: Workspace, message: Message, changed: Message, metadata: Json | None = None
) -> None:
    """What is left out of metadata stays; with blocks there is no "edited" label."""
    with workspace.changing():
        before = message.as_json(with_metadata=True)
        message.text, message.blocks = changed.text, changed.blocks
        message.edited = None if changed.blocks else changed.ts
        message.metadata = message.metadata if metadata is None else metadata or None
        workspace.edit(message, before)


def _writable(call: Call) -> Channel:
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.workspace.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    if channel.posting_restricted:
        raise SlackError("restricted_action")
    return channel


def _thread(call: Call, channel: Channel) -> str | None:
    """The root's ts; a reply's is refused, though Slack's word for it is not documented (?)."""
    ts = call.get("thread_ts")
    if ts is None:
        return None
    if call.workspace.timelines[channel.id].root(str(ts)).is_reply:
        raise SlackError("cannot_reply_to_message")
    return str(ts)


def _own(call: Call, error: str) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.workspace.timelines[channel.id].find(call.need("ts", "message_not_found"))
    if message.app is None:
        raise SlackError(error)
    return channel, message


def _metadata(call: Call) -> Json | None:
    """`{}` takes it away; raises SlackError."""
    given: Any = call.structure("metadata", "invalid_metadata_format")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise SlackError("invalid_metadata_format")
    return _checked(given) if given else {}


def _checked(given: Json) -> Json:
    if set(given) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_format")
    if not isinstance(given["event_type"], str) or not _flat(given["event_payload"]):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(given)) > LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    return given


def _flat(payload: Any) -> bool:
    scalars = (str, int, float, bool)
    return isinstance(payload, dict) and all(isinstance(v, scalars) for v in payload.values())
