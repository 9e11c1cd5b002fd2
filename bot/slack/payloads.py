"""What Slack sends, as values. Everything in it is a claim until `Access` has looked at it.

`shapes` has looked at it before: what is there has the type that it should have.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Origin:
    """Where a command or a pressed button says it comes from."""

    team: str
    app: str
    enterprise: str
    channel: str
    user: str
    user_team: str
    trigger: str
    reply_url: str
    is_org_wide: bool = False

    @property
    def key(self) -> str:
        """The same delivery twice has the same key."""
        return f"{self.team}:{self.app}:{self.trigger}"


@dataclass(frozen=True)
class Press:
    """A pressed button: what it was for, and the JSON it carries."""

    action: str
    value: Mapping[str, Any]


def command_origin(body: Body) -> Origin:
    """Of a slash command."""
    return Origin(
        team=_text(body, "team_id"),
        app=_text(body, "api_app_id"),
        enterprise=_text(body, "enterprise_id"),
        channel=_text(body, "channel_id"),
        user=_text(body, "user_id"),
        user_team=_text(body, "team_id"),
        trigger=_text(body, "trigger_id"),
        reply_url=_text(body, "response_url"),
        is_org_wide=_text(body, "is_enterprise_install") == "true",
    )


def action_origin(body: Body) -> Origin:
    """Of a pressed button; somebody of a connected workspace carries a team of their own."""
    team, user = _part(body, "team"), _part(body, "user")
    return Origin(
        team=_text(team, "id"),
        app=_text(body, "api_app_id"),
        enterprise=_text(_part(body, "enterprise"), "id"),
        channel=_text(_part(body, "channel"), "id"),
        user=_text(user, "id"),
        user_team=_text(user, "team_id") or _text(team, "id"),
        trigger=_text(body, "trigger_id"),
        reply_url=_text(body, "response_url"),
        is_org_wide=body.get("is_enterprise_install") in (True, "true"),
    )


def press(body: Body) -> Press | None:
    """The button that was pressed; None when it is none of ours."""
    first = body["actions"][0]
    action = _text(first, "action_id").partition(":")[0]
    value = _object(_text(first, "value"))
    return Press(action, value) if value is not None else None


def _object(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _part(body: Body, name: str) -> Body:
    part: Body | None = body.get(name)
    return part or {}


def _text(body: Body, name: str) -> str:
    text: str | None = body.get(name)
    return text or ""
