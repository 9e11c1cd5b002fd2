"""The Slack app's manifest: what Slack must know to create the app, with least scopes."""

import json
from collections.abc import Callable
from typing import Any

from bot.core.errors import Refusal

# Each scope beside what needs it; nothing else is asked for.
SCOPES = {
    "commands": "the slash command",
    "chat:write": "the root message and its thread",
    "channels:history": "seeing in public channels that a post arrived or a root was deleted",
    "groups:history": "the same in private channels",
    "channels:read": "checking that the bot is in its public channels",
    "groups:read": "the same for private channels",
    "users:read": "telling full members from guests, bots and strangers",
    "usergroups:read": "the user groups of PUBLISHERS",
}

# A deleted root arrives as a message event; it is posted again.
EVENTS = ("message.channels", "message.groups")

# Everything that Slack sends comes in at one address.
RECEIVER = "slack/events"

LONGEST_NAME = 35


def manifest(
    slash_command: str = "/incident", http_url: str | None = None, name: str = "Duckrow"
) -> dict[str, Any]:
    """For Socket Mode, or for HTTP when `http_url` says where the bot is reached (its root).

    https://docs.slack.dev/reference/app-manifest. Raises Refusal for what Slack would not take.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refusal("The app's name is too long.", f"Slack takes {LONGEST_NAME} characters.")
    receiver = _receiver(http_url)
    return {
        "display_information": {
            "name": name,
            "description": "Tell people what is broken: from Slack to the status page.",
        },
        "features": {
            "bot_user": {"display_name": "duckrow", "always_online": True},
            "slash_commands": [_command(slash_command) | receiver("url")],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)} | receiver("request_url"),
            "interactivity": {"is_enabled": True} | receiver("request_url"),
            "org_deploy_enabled": False,
            "socket_mode_enabled": http_url is None,
            "token_rotation_enabled": False,
        },
    }


def manifest_json(
    slash_command: str = "/incident", http_url: str | None = None, name: str = "Duckrow"
) -> str:
    """The same as text, to be pasted where Slack asks for an app manifest."""
    return json.dumps(manifest(slash_command, http_url, name), indent=2) + "\n"


def _command(slash_command: str) -> dict[str, Any]:
    return {
        "command": slash_command,
        "description": "Say on the status page what is broken and what happens about it",
        "usage_hint": "open Title | first text, update text, resolve text, help",
        "should_escape": True,  # mentions arrive as ids, so that they can be found and refused
    }


def _receiver(http_url: str | None) -> Callable[[str], dict[str, str]]:
    """Gives the address under the key that a section has for it; nothing in Socket Mode."""
    if http_url is None:
        return lambda _key: {}
    if not http_url.startswith("https://"):
        raise Refusal(
            "Slack sends to https:// addresses only.",
            "Give the address under which the bot is reached, such as https://bot.example.com/.",
        )
    address = f"{http_url.removesuffix('/')}/{RECEIVER}"
    return lambda key: {key: address}
