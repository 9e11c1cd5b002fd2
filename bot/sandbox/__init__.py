"""A local Slack: for newcomers in the browser, and for the tests as strict as the real one."""

from bot.sandbox.inbound.envelope import DeliveryFailed
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import Channel, Installation, Person, UserGroup
from bot.sandbox.model.views import View
from bot.sandbox.model.workspace import Workspace
from bot.sandbox.people.pressing import Submission
from bot.sandbox.people.typing import NotPossible
from bot.sandbox.running import run, workspace_environment
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.scenario import Scenario

__all__ = [
    "Channel",
    "DeliveryFailed",
    "Installation",
    "Message",
    "NotPossible",
    "Person",
    "Sandbox",
    "Scenario",
    "Submission",
    "UserGroup",
    "View",
    "Workspace",
    "run",
    "workspace_environment",
]
