"""The payloads, the same for HTTP and Socket Mode.

https://docs.slack.dev/interactivity/implementing-slash-commands and
https://docs.slack.dev/reference/interaction-payloads
"""

import secrets

from bot.sandbox.model.errors import Json
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import Channel, Person
from bot.sandbox.model.views import View
from bot.sandbox.model.workspace import Workspace


class Payloads:
    """Builds them for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def command(
        self, person: Person, channel: Channel, words: tuple[str, str], trigger: str, url: str
    ) -> Json:
        """A slash command; `words` is its name and its text. No thread, no event id."""
        workspace = self.workspace
        return {
            "token": "sandbox-verification-token",
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": "privategroup" if channel.is_private else channel.name,
            "user_id": person.id,
            "user_name": person.name,
            "command": words[0],
            "text": words[1],
            "api_app_id": workspace.app.app_id,
            "is_enterprise_install": "false",
            "response_url": url,
            "trigger_id": trigger,
        }

    def _interaction(self, kind: str, person: Person, trigger: str | None) -> Json:
        workspace = self.workspace
        team = {"id": workspace.team_id, "domain": workspace.domain}
        user = {"id": person.id, "username": person.name, "name": person.name}
        body: Json = {
            "type": kind,
            "team": team,
            "user": user | {"team_id": person.team_id},
            "api_app_id": workspace.app.app_id,
            "token": "sandbox-verification-token",
            "enterprise": None,
            "is_enterprise_install": False,
        }
        return body | ({"trigger_id": trigger} if trigger else {})

    def pressed_in_message(
        self, person: Person, message: Message, action: Json, trigger: str, url: str
    ) -> Json:
        """block_actions from a message; an ephemeral's own body is not sent along."""
        channel = self.workspace.channels[message.channel]
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.seen_by is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        body = self._interaction("block_actions", person, trigger) | {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": {}},
            "response_url": url,
            "actions": [action | {"action_ts": self.workspace.next_ts()}],
        }
        if message.seen_by is None:
            body["message"] = self._message(message)
        return body

    def pressed_in_view(
        self, person: Person, view: View, action: Json, trigger: str, values: Json
    ) -> Json:
        """block_actions from a modal."""
        return self._interaction("block_actions", person, trigger) | {
            "container": {"type": "view", "view_id": view.id},
            "view": self._view(view, values),
            "actions": [action | {"action_ts": self.workspace.next_ts()}],
        }

    def submitted(self, person: Person, view: View, values: Json, trigger: str) -> Json:
        """view_submission."""
        body = self._interaction("view_submission", person, trigger)
        return body | {"view": self._view(view, values), "response_urls": []}

    def closed(self, person: Person, view: View, *, cleared: bool) -> Json:
        """view_closed."""
        body = self._interaction("view_closed", person, None)
        return body | {"view": self._view(view, {}), "is_cleared": cleared}

    def shortcut(
        self, person: Person, callback_id: str, message: Message, trigger: str, url: str
    ) -> Json:
        """message_action: a message shortcut."""
        channel = self.workspace.channels[message.channel]
        return self._interaction("message_action", person, trigger) | {
            "callback_id": callback_id,
            "action_ts": self.workspace.next_ts(),
            "message_ts": message.ts,
            "message": self._message(message),
            "channel": {"id": channel.id, "name": channel.name},
            "response_url": url,
        }

    def event(self, event: Json) -> Json:
        """event_callback."""
        workspace = self.workspace
        return {
            "token": "sandbox-verification-token",
            "team_id": workspace.team_id,
            "api_app_id": workspace.app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(workspace.clock()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": self._shared(event),
            "event_context": secrets.token_hex(16),
        }

    def _shared(self, event: Json) -> bool:
        channel = self.workspace.channels.get(event.get("channel", ""))
        return channel is not None and channel.is_ext_shared

    def _message(self, message: Message) -> Json:
        return self.workspace.timelines[message.channel].as_json(message, with_metadata=True)

    def _view(self, view: View, values: Json) -> Json:
        app, team = self.workspace.app, self.workspace.team_id
        identity = {"team_id": team, "app_installed_team_id": team}
        identity |= {"app_id": app.app_id, "bot_id": app.bot_id}
        return view.as_json(values) | identity
