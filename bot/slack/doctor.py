"""Is Slack set up as the bot needs it? Each finding says what is wrong and what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.client import Client, Permanent, SlackFailure
from bot.slack.manifest import SCOPES

_WITHIN = 5.0

_REMEDIES = {
    "invalid_auth": "Copy the token again from the app's page.",
    "not_authed": "Copy the token again from the app's page.",
    "token_revoked": "Install the app again, and copy its new token.",
    "account_inactive": "Install the app again, and copy its new token.",
    "not_allowed_token_type": "This is the other kind of token: one starts with xoxb-, one xapp-.",
    "missing_scope": "Add the scope on the app's page, and install the app again.",
    "channel_not_found": "Check the id; a private channel needs the bot as a member: /invite it.",
    "no_such_subteam": "Check the user group's id in PUBLISHERS.",
    "plan_upgrade_required": "This plan has no user groups: name people in PUBLISHERS instead.",
}
_ASK_SLACK = "Look up this error in Slack's documentation."
_UNREACHED = "Check the network, SLACK_API_URL and Slack's own status page."


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    said: str
    remedy: str = ""


def examine(
    bot: Client,
    app: Client | None,
    *,
    channels: Sequence[str],
    publishers: Sequence[str] = (),
) -> list[Check]:
    """Look at the tokens, the scopes, the channels and the groups. `app` only in Socket Mode."""
    token = _check_bot(bot)
    checks = [token]
    if app:
        checks.append(_check_app(app))
    if token.ok:
        checks.append(_check_scopes(bot))
        checks += [_check_channel(bot, channel) for channel in channels]
        checks += [_check_group(bot, group) for group in publishers if group.startswith("S")]
    return checks


def _check_bot(bot: Client) -> Check:
    name = "bot token"
    try:
        us = bot.call("auth.test", within=_WITHIN)
    except SlackFailure as failure:
        return _failed(name, failure)
    return Check(name, ok=True, said=f"works as {us.get('user')} in {us.get('team')}")


def _check_app(app: Client) -> Check:
    name = "app token"
    try:
        app.call("apps.connections.open", within=_WITHIN)
    except SlackFailure as failure:
        return _failed(name, failure)
    return Check(name, ok=True, said="opens Socket Mode connections")


def _check_scopes(bot: Client) -> Check:
    name = "scopes"
    try:
        granted = bot.scopes()
    except SlackFailure as failure:
        return _failed(name, failure)
    missing = [scope for scope in SCOPES if scope not in granted]
    if not missing:
        return Check(name, ok=True, said=f"all {len(SCOPES)} granted")
    remedy = "Add them on the app's page under OAuth & Permissions, and install the app again."
    return Check(name, ok=False, said=f"missing: {', '.join(missing)}", remedy=remedy)


def _check_channel(bot: Client, channel: str) -> Check:
    name = f"channel {channel}"
    try:
        found = bot.call("conversations.info", within=_WITHIN, channel=channel)["channel"]
    except SlackFailure as failure:
        return _failed(name, failure)
    said, remedy = next(_wrong_with(found), ("", ""))
    label = f"#{found.get('name', channel)}"
    if said:
        return Check(name, ok=False, said=f"{label} {said}", remedy=remedy)
    return Check(name, ok=True, said=f"{label}: the bot is a member")


def _wrong_with(channel: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if channel.get("is_archived"):
        yield "is archived", "Unarchive it, or name another one in INCIDENT_CHANNELS."
    if not channel.get("is_member"):
        yield "does not have the bot as a member", "Type /invite and the bot's name there."


def _check_group(bot: Client, group: str) -> Check:
    name = f"user group {group}"
    try:
        members = bot.call("usergroups.users.list", within=_WITHIN, usergroup=group)["users"]
    except SlackFailure as failure:
        return _failed(name, failure)
    if not members:
        return Check(name, ok=False, said="has no members", remedy="Add those who may publish.")
    return Check(name, ok=True, said=f"{len(members)} may publish")


def _failed(name: str, failure: SlackFailure) -> Check:
    if not isinstance(failure, Permanent):
        return Check(name, ok=False, said=f"no answer ({failure.error})", remedy=_UNREACHED)
    remedy = _REMEDIES.get(failure.error, _ASK_SLACK)
    return Check(name, ok=False, said=f"Slack says {failure.error}", remedy=remedy)
