"""conversations.*: channels, and reading what stands in them."""

from bot.sandbox.api.call import Call, method
from bot.sandbox.api.paging import page, within
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import Channel

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def _scoped(call: Call, channel: Channel, kind: str) -> Channel:
    """Public and private channels need different scopes; raises SlackError."""
    call.need_scope(f"groups:{kind}" if channel.is_private else f"channels:{kind}")
    return channel


@method("conversations.info", *READ, tier=3)
def info(call: Call) -> Json:
    """One channel."""
    channel = _scoped(call, call.channel(), "read")
    return {"channel": channel.as_json(call.workspace.app.bot_user)}


@method("conversations.members", *READ)
def members(call: Call) -> Json:
    """The ids of those in it."""
    channel = _scoped(call, call.channel(), "read")
    return page(call, sorted(channel.members), "members")  # type: ignore[arg-type]


@method("conversations.list", *READ, tier=2)
def list_(call: Call) -> Json:
    """Public channels, and when asked the private ones that the app is in."""
    bot = call.workspace.app.bot_user
    types = str(call.get("types") or "public_channel").split(",")
    found = [
        channel.as_json(bot)
        for channel in call.workspace.channels.values()
        if _listed(channel, bot, types)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    return page(call, found, "channels")


def _listed(channel: Channel, bot: str, types: list[str]) -> bool:
    if channel.is_private:
        return "private_channel" in types and bot in channel.members
    return "public_channel" in types


@method("conversations.history", *HISTORY, tier=3)
def history(call: Call) -> Json:
    """What stands in the channel itself, newest first."""
    channel = _scoped(call, call.member_of(), "history")
    roots = call.workspace.timelines[channel.id].roots()
    return _messages(call, channel, list(reversed(within(call, roots))))


@method("conversations.replies", *HISTORY, tier=3)
def replies(call: Call) -> Json:
    """A thread, oldest first; its first message comes first, whatever `oldest` says."""
    channel = _scoped(call, call.member_of(), "history")
    timeline = call.workspace.timelines[channel.id]
    root = timeline.root(call.need("ts", "thread_not_found"))
    if root.is_reply:
        return _messages(call, channel, within(call, [root]))
    if root.tombstone and not timeline.replies(root.ts):
        raise SlackError("thread_not_found")
    return _messages(call, channel, [root, *within(call, timeline.replies(root.ts))])


def _messages(call: Call, channel: Channel, found: list[Message]) -> Json:
    timeline = call.workspace.timelines[channel.id]
    metadata = call.flag("include_all_metadata")
    bodies = [timeline.as_json(each, with_metadata=metadata) for each in found]
    app = call.workspace.app
    if app.refuses_more:
        call.number("limit", default=1, largest=app.most_messages, error="invalid_limit")
    part = page(call, bodies, "messages", most=app.most_messages)
    more = bool(part["response_metadata"]["next_cursor"])
    return part | {"has_more": more, "pin_count": len(timeline.pins)}
