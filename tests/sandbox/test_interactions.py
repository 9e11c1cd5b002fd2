"""Buttons, modals and shortcuts, with a real Bolt app on two connections."""

import time
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox import DeliveryFailed
from tests.sandbox.conftest import DEADLINE_PASSES
from tests.sandbox.listeners import keeping, noting

INCIDENTS = "C00000INC"


def plain(text):
    return {"type": "plain_text", "text": text}


def button(action, **more):
    return {"type": "button", "action_id": action, "text": plain(action.title()), **more}


WHICH = {
    "type": "static_select",
    "action_id": "which",
    "options": [{"text": plain("Site Outage"), "value": "12"}],
}
BLOCKS = [{"type": "actions", "elements": [button("retry", value="the line"), WHICH]}]
OPEN = [{"type": "actions", "block_id": "b", "elements": [button("open")]}]


def modal(*blocks, **more):
    text = {
        "type": "input",
        "block_id": "text",
        "label": plain("Text"),
        "element": {"type": "plain_text_input", "action_id": "typed", "max_length": 20},
    }
    given = list(blocks) or [text]
    return {
        "type": "modal",
        "callback_id": "update",
        "title": plain("Update"),
        "submit": plain("Send"),
        "blocks": given,
        **more,
    }


@pytest.fixture
def message(client, slack):
    """A message with a button and a choice."""
    client.chat_postMessage(channel=INCIDENTS, text="Which?", blocks=BLOCKS)
    return slack.messages("#incidents")[0]


@pytest.fixture
def opener(connected, client, slack):
    """Gives a function that opens a modal for Ana by a button."""
    view: dict[str, Any] = {}
    connected.action("open")(
        lambda ack, body, client: (
            client.views_open(trigger_id=body["trigger_id"], view=view["given"]),
            ack(),
        )
    )
    client.chat_postMessage(channel=INCIDENTS, text="Open", blocks=OPEN)

    def opened(given):
        view["given"] = given
        assert slack.click("ana", slack.messages("#incidents")[-1], "open") is None
        return slack.modal("ana")

    return opened


def test_a_pressed_button_says_who_and_where(connected, slack, message):
    seen: dict[str, Any] = {}
    connected.action("retry")(keeping(seen))
    assert slack.click("ben", message, "Retry") is None
    assert seen["user"]["id"] == "U00000BEN"
    assert seen["container"]["message_ts"] == message.ts
    assert seen["message"]["text"] == "Which?"
    assert (seen["actions"][0]["value"], seen["actions"][0]["type"]) == ("the line", "button")


def test_a_choice_says_what_was_chosen(connected, slack, message):
    seen: list[Any] = []
    connected.action("which")(noting(seen, "payload"))
    slack.click("ana", message, "which", choose="Site Outage")
    assert seen[0]["selected_option"]["value"] == "12"


def test_a_button_of_an_ephemeral_does_not_send_it_along(connected, slack, client):
    seen: dict[str, Any] = {}
    connected.action("retry")(keeping(seen))
    client.chat_postEphemeral(channel=INCIDENTS, user="U00000ANA", text="?", blocks=BLOCKS)
    slack.click("ana", slack.ephemerals("ana")[0], "retry")
    assert seen["container"]["is_ephemeral"] is True
    assert "message" not in seen


def test_somebody_of_a_connected_workspace_shows_their_own_team(connected, slack, client):
    seen: dict[str, Any] = {}
    connected.action("retry")(keeping(seen))
    client.chat_postMessage(channel="C00000EXT", text="Which?", blocks=BLOCKS)
    slack.click("eve", slack.messages("#partners")[0], "retry")
    assert seen["user"]["team_id"] != seen["team"]["id"]


@DEADLINE_PASSES
def test_a_press_that_nobody_takes_says_so(connected, slack, message):
    assert slack.click("ana", message, "retry") == "operation_timeout"


def test_there_must_be_something_to_press(slack, message):
    with pytest.raises(LookupError):
        slack.click("ana", message, "nothing")


def test_a_modal_is_submitted_and_closes(opener, connected, slack):
    seen: dict[str, Any] = {}
    connected.view("update")(keeping(seen, "payload"))
    opener(modal(private_metadata="#12"))
    result = slack.submit("ana", typed="All is well")
    assert result.closed
    assert slack.modal("ana") is None
    assert seen["private_metadata"] == "#12"
    assert seen["state"]["values"]["text"]["typed"] == {
        "type": "plain_text_input",
        "value": "All is well",
    }


def test_errors_leave_the_modal_open(opener, connected, slack):
    say_no = {"response_action": "errors", "errors": {"text": "Too vague."}}
    connected.view("update")(lambda ack: ack(**say_no))
    view = opener(modal())
    result = slack.submit("ana", typed="hm")
    assert (result.errors, result.view) == ({"text": "Too vague."}, view)


def test_errors_must_name_an_input(opener, connected, slack):
    connected.view("update")(lambda ack: ack(response_action="errors", errors={"typed": "No."}))
    opener(modal())
    assert "trouble" in (slack.submit("ana", typed="hm").problem or "")


def test_slack_itself_wants_required_fields_and_lengths(opener, slack):
    opener(modal())
    assert slack.submit("ana").errors == {"text": "Please complete this required field."}
    assert "between" in slack.submit("ana", typed="q" * 21).errors["text"]


@DEADLINE_PASSES
def test_a_dead_app_leaves_the_modal_open(opener, slack):
    view = opener(modal())
    result = slack.submit("ana", typed="hm")  # nobody listens to this view
    assert result.view is view
    assert result.problem


@pytest.mark.parametrize(("action", "depth"), [("update", 1), ("push", 2), ("clear", 0)])
def test_a_submission_can_go_on(opener, connected, slack, action, depth):
    following = {} if action == "clear" else {"view": modal(title=plain("Next"))}
    connected.view("update")(lambda ack: ack(response_action=action, **following))
    opener(modal())
    slack.submit("ana", typed="hm")
    assert len(slack.workspace.screens.stacks["U00000ANA"]) == depth
    top = slack.modal("ana")
    assert top is None or top.given["title"]["text"] == "Next"


def test_closing_is_told_when_asked_for(opener, connected, slack):
    seen: list[Any] = []
    connected.view_closed("update")(noting(seen))
    opener(modal(notify_on_close=True))
    slack.dismiss("ana")
    assert slack.modal("ana") is None
    assert seen[0]["is_cleared"] is False


def test_a_press_in_a_modal_brings_what_was_typed_so_far(opener, connected, slack, client):
    seen: dict[str, Any] = {}
    connected.action("more")(keeping(seen))
    view = opener(modal({"type": "actions", "elements": [button("more")]}))
    slack.click("ana", view, "more")
    assert seen["container"] == {"type": "view", "view_id": view.id}
    assert "channel" not in seen


@pytest.fixture
def trigger(slack):
    """A fresh trigger of Ana's."""
    return lambda: slack._desk.trigger(slack.workspace.person("ana"))


def wrong(call, **arguments):
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"]


def test_a_trigger_works_once(client, trigger):
    once = trigger()
    client.views_open(trigger_id=once, view=modal())
    assert wrong(client.views_open, trigger_id=once, view=modal()) == "exchanged_trigger_id"
    assert wrong(client.views_open, trigger_id="1.2.x", view=modal()) == "invalid_trigger_id"


def test_a_trigger_works_for_three_seconds(client, slack, trigger):
    late = trigger()
    now = time.time()
    slack.workspace.clock = lambda: now + 3.5
    assert wrong(client.views_open, trigger_id=late, view=modal()) == "expired_trigger_id"


def test_a_refused_modal_does_not_use_up_the_trigger(client, trigger):
    once = trigger()
    bad = modal(title=plain("q" * 25))
    assert wrong(client.views_open, trigger_id=once, view=bad) == "invalid_arguments"
    client.views_open(trigger_id=once, view=modal())


def test_modals_are_stacked_three_high(client, slack, trigger):
    client.views_open(trigger_id=trigger(), view=modal())
    for _ in range(2):
        client.views_push(trigger_id=trigger(), view=modal())
    assert wrong(client.views_push, trigger_id=trigger(), view=modal()) == "push_limit_reached"
    top = slack.modal("ana")
    assert (top.previous, top.root) == ("V00000002", "V00000001")


def test_an_update_with_an_old_hash_is_a_conflict(client, trigger):
    view = client.views_open(trigger_id=trigger(), view=modal())["view"]
    newer = client.views_update(view_id=view["id"], hash=view["hash"], view=modal())["view"]
    assert newer["hash"] != view["hash"]
    arguments = {"view_id": view["id"], "hash": view["hash"], "view": modal()}
    assert wrong(client.views_update, **arguments) == "hash_conflict"
    assert wrong(client.views_update, view_id="V0", view=modal()) == "not_found"


def test_a_too_large_modal_is_refused(client, trigger):
    text = {"type": "mrkdwn", "text": "q" * 3000}
    view = modal(*[{"type": "section", "text": text}] * 90)
    assert wrong(client.views_open, trigger_id=trigger(), view=view) == "view_too_large"


def test_a_message_shortcut_brings_the_message(connected, slack):
    seen: dict[str, Any] = {}
    connected.shortcut("publish")(keeping(seen))
    message = slack.say("ben", "#incidents", "the site is slow")
    slack.shortcut("ana", "publish", message)
    assert seen["type"] == "message_action"
    assert seen["message"]["text"] == "the site is slow"


@DEADLINE_PASSES
def test_a_shortcut_that_nobody_takes_fails(connected, slack):
    message = slack.say("ben", "#incidents", "the site is slow")
    with pytest.raises(DeliveryFailed, match="operation_timeout"):
        slack.shortcut("ana", "unknown", message)
