"""views.* and pins.add."""

from bot.sandbox import blockkit
from bot.sandbox.api.call import Call, method
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.tickets import Trigger

MOST_PINS = 100


@method("views.open")
def views_open(call: Call) -> Json:
    """A modal, on the screen of the person whose trigger it is."""
    given = _given(call)
    trigger = _trigger(call)
    with call.workspace.changing():
        return {"view": call.workspace.screens.open(trigger.user, given).as_json()}


@method("views.push")
def views_push(call: Call) -> Json:
    """One more modal, on top of the one in which the trigger arose."""
    given = _given(call)
    trigger = _trigger(call)
    with call.workspace.changing():
        return {"view": call.workspace.screens.push(trigger.user, given).as_json()}


@method("views.update")
def views_update(call: Call) -> Json:
    """Something else in an open modal; with `hash` only when it has not changed meanwhile."""
    given = _given(call)
    view = call.workspace.screens.find(call.get("view_id"), call.get("external_id"))
    if call.get("hash") not in {None, view.hash}:
        raise SlackError("hash_conflict")
    with call.workspace.changing():
        view.replace(given)
    return {"view": view.as_json()}


def _given(call: Call) -> Json:
    call.need("view")
    return blockkit.view(call.get("view"))


def _trigger(call: Call) -> Trigger:
    tickets = call.workspace.tickets
    return tickets.trigger(call.need("trigger_id"), call.workspace.clock())


@method("pins.add", "pins:write", tier=2)
def pins_add(call: Call) -> Json:
    """Pins a message to its channel."""
    timeline = call.workspace.timelines[call.member_of().id]
    message = timeline.find(call.need("timestamp", "no_item_specified"))
    if message.ts in timeline.pins:
        raise SlackError("already_pinned")
    if len(timeline.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    with call.workspace.changing():
        timeline.pins.add(message.ts)
    return {}
