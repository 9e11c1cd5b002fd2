"""Pressing buttons and filling in modals."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import blockkit
from bot.sandbox.inbound.envelope import DeliveryFailed
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import Person
from bot.sandbox.model.views import View
from bot.sandbox.people import state
from bot.sandbox.people.desk import Desk

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Submission:
    """What became of a modal: `errors` by block_id and `problem` leave it open as it was."""

    errors: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    view: View | None = None  # what is on the screen now

    @property
    def closed(self) -> bool:
        """Nothing is on the screen any more."""
        return self.view is None


def click(
    desk: Desk, person: Person, on: Message | View, what: str, choose: Any = None
) -> str | None:
    """Press or choose by action_id or label; gives Slack's word when the app did not take it."""
    block, element = state.find(on.blocks, what)
    action = state.action(block, element, choose)
    with desk.workspace.lock:
        payload = _pressed(desk, person, on, action, choose)
    try:
        desk.delivery.ask("interactive", payload)
    except DeliveryFailed as failed:
        return failed.error
    return None


def _pressed(desk: Desk, person: Person, on: Message | View, action: Json, choose: Any) -> Json:
    if isinstance(on, View):
        values = state.values(on.blocks, {action["action_id"]: choose})
        trigger = desk.trigger(person)
        return desk.payloads.pressed_in_view(person, on, action, trigger, values)
    channel = desk.workspace.channels[on.channel]
    to = desk.reply_to("actions", person, channel, message_ts=on.ts)
    if on.seen_by:
        to.thread_ts = on.thread_ts
    trigger = desk.trigger(person)
    return desk.payloads.pressed_in_message(person, on, action, trigger, desk.url(to))


def submit(desk: Desk, person: Person, view: View, given: Json) -> Submission:
    """Fill in and send; `given` is by action_id or block_id, what is left out keeps its value."""
    values = state.values(view.blocks, given)
    if missing := state.incomplete(view.blocks, values):
        return Submission(errors=missing, view=view)
    with desk.workspace.lock:
        trigger = desk.trigger(person)
        payload = desk.payloads.submitted(person, view, values, trigger)
    try:
        answer = desk.delivery.ask("interactive", payload) or {}
        with desk.workspace.changing():
            return _answered(desk, view, answer)
    except (DeliveryFailed, SlackError):
        return Submission(problem=TROUBLE, view=view)


def _answered(desk: Desk, view: View, answer: Json) -> Submission:
    """https://docs.slack.dev/surfaces/modals#updating_response; raises SlackError."""
    screens, kind = desk.workspace.screens, answer.get("response_action")
    if kind == "errors":
        return _refused(view, answer.get("errors"))
    if kind == "update":
        view.replace(blockkit.view(answer.get("view")))
    elif kind == "push":
        screens.push(view.user, blockkit.view(answer.get("view")))
    elif kind == "clear":
        screens.clear(view.user)
    elif kind is None:
        screens.close(view)
    else:
        raise SlackError("invalid_response_action")
    return Submission(view=screens.top(view.user))


def _refused(view: View, errors: Any) -> Submission:
    """Errors must name input blocks; otherwise the person sees only that there is trouble."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_errors")
    return Submission(errors={key: str(text) for key, text in errors.items()}, view=view)


def dismiss(desk: Desk, person: Person, view: View, *, cleared: bool = False) -> None:
    """Close a modal (the whole stack with `cleared`); the app hears of it when it asked to."""
    screens = desk.workspace.screens
    with desk.workspace.changing():
        told = [view] if not cleared else list(screens.stacks[person.id])
        cleared = cleared or bool(view.given.get("clear_on_close"))
        if cleared:
            screens.clear(person.id)
        else:
            screens.close(view)
    for each in told:
        if each.given.get("notify_on_close"):
            _tell(desk, desk.payloads.closed(person, each, cleared=cleared))


def _tell(desk: Desk, payload: Json) -> None:
    try:
        desk.delivery.ask("interactive", payload)
    except DeliveryFailed:
        return  # nobody waits for the answer
