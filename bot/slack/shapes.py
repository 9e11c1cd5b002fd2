"""The shapes of what Slack sends, looked at before anybody reads it.

Only what is read is looked at, be it by `payloads` or by Bolt: Slack may add whatever it likes.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Shape = Callable[[Any], bool]


class BadRequest(Exception):  # noqa: N818 -- named as HTTP names it
    """The body is nothing Slack sends."""


def check(body: Any) -> None:
    """Raise BadRequest unless this is a payload: a command, or one that says its type."""
    is_one = isinstance(body, Mapping) and ("command" in body) != (body.get("type") is not None)
    if not (is_one and any(fits(body) for fits in _PAYLOADS)):
        raise BadRequest("no payload")


def is_unheard(body: Any) -> bool:
    """True for a kind of payload that nobody here listens to, such as app_rate_limited."""
    kind = body.get("type") if isinstance(body, Mapping) else None
    return isinstance(kind, str) and kind not in _TYPES and "command" not in body


def _id(value: Any) -> bool:
    """An id, a word or an address, which any database keeps."""
    return isinstance(value, str) and value.isprintable()


def _text(value: Any) -> bool:
    """Whatever people type; half a character cannot even be sent back."""
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def _either(*shapes: Shape) -> Shape:
    return lambda value: any(fits(value) for fits in shapes)


def _object(*needed: str, **parts: Shape) -> Shape:
    """An object; what is not needed may be missing, or null."""

    def fits(value: Any) -> bool:
        return (
            isinstance(value, Mapping)
            and all(value.get(name) is not None for name in needed)
            and all(value.get(name) is None or part(value[name]) for name, part in parts.items())
        )

    return fits


def _list(shape: Shape) -> Shape:
    """At least one."""
    return lambda value: isinstance(value, list) and bool(value) and all(map(shape, value))


def _typed(*types: str) -> Shape:
    return lambda value: value in types


_IDS = ("team_id", "api_app_id", "enterprise_id", "channel_id", "user_id", "trigger_id")
_ORIGIN: dict[str, Shape] = {
    **dict.fromkeys((*_IDS, "response_url"), _id),
    "team": _object(id=_id),
    "user": _object(id=_id, team_id=_id),
    "enterprise": _object(id=_id),
    "channel": _object(id=_id),
}
_EVENT = _object(
    "type",
    type=_id,
    channel=_either(_id, _object()),
    deleted_ts=_id,
    message=_object(ts=_id, subtype=_id),
)
_ACTION = _object("action_id", action_id=_text, value=_text)
_VIEW = _object("type", "callback_id", type=_id, callback_id=_text)

_TYPES = frozenset(
    {
        *("block_actions", "event_callback", "url_verification", "view_submission"),
        *("view_closed", "shortcut", "message_action", "block_suggestion"),
    }
)
_PAYLOADS = (
    _object("command", command=_id, text=_text, **_ORIGIN),
    _object("actions", type=_typed("block_actions"), actions=_list(_ACTION), **_ORIGIN),
    _object("event", type=_typed("event_callback"), event=_EVENT),
    _object("challenge", type=_typed("url_verification"), challenge=_text),
    _object("view", type=_typed("view_submission", "view_closed"), view=_VIEW),
    _object("callback_id", type=_typed("shortcut", "message_action"), callback_id=_text),
    _object("action_id", type=_typed("block_suggestion"), action_id=_text),
)
