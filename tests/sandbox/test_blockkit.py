"""Block Kit as strict as Slack's: each limit holds at its edge, and unknown keys are refused."""

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    PlainTextInputElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, Option
from slack_sdk.models.views import View

from bot.sandbox import blockkit
from bot.sandbox.model.errors import SlackError


def plain(text="quack", **more):
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text="quack", **more):
    return {"type": "mrkdwn", "text": text, **more}


def section(**more):
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def button(**more):
    return {"type": "button", "text": plain(), **more}


def option(text="quack", value="q"):
    return {"text": plain(text), "value": value}


def select(**more):
    return {"type": "static_select", "options": [option()], **more}


def asking(element, **more):
    return {"type": "input", "label": plain(), "element": element, **more}


def context(*elements):
    return {"type": "context", "elements": list(elements)}


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*elements):
    return {"type": "rich_text_section", "elements": list(elements)}


IMAGE = {"type": "image", "image_url": "https://example.org/duck.png", "alt_text": "a duck"}
CONFIRM = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain()}
TYPED = {"type": "plain_text_input"}


def overlong(limit):
    return "q" * (limit + 1)


GOOD = {
    "section text": section(text=mrkdwn("q" * 3000)),
    "section fields": {"type": "section", "fields": [mrkdwn("q" * 2000)] * 10},
    "header": {"type": "header", "text": plain("q" * 150)},
    "divider": {"type": "divider"},
    "context": context(*[mrkdwn()] * 9, IMAGE),
    "actions": actions(*[button(action_id=str(n)) for n in range(25)]),
    "button": actions(button(value="q" * 2000, url="q" * 3000, style="danger", confirm=CONFIRM)),
    "longest button": actions(button(text=plain("q" * 75), action_id="q" * 255)),
    "select": actions(select(options=[option("q" * 75, "q" * 150)] * 100)),
    "groups": actions(
        {"type": "static_select", "option_groups": [{"label": plain(), "options": [option()]}]}
    ),
    "overflow": section(accessory={"type": "overflow", "options": [option()] * 5}),
    "datepicker": actions({"type": "datepicker", "initial_date": "2013-02-22"}),
    "timepicker": actions({"type": "timepicker", "initial_time": "23:59"}),
    "datetimepicker": actions({"type": "datetimepicker", "initial_date_time": 1361520600}),
    "checkboxes": actions({"type": "checkboxes", "options": [option()] * 10}),
    "image": IMAGE,
    "image by file": {"type": "image", "alt_text": "duck", "slack_file": {"id": "F1"}},
    "markdown": {"type": "markdown", "text": "q" * 12_000},
    "input": asking({**TYPED, "multiline": True, "max_length": 3000}, hint=plain("q" * 2000)),
    "rich text": rich(
        rich_section({"type": "text", "text": "quack", "style": {"bold": True}}),
        {"type": "rich_text_list", "style": "bullet", "elements": [rich_section()]},
        {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
    ),
    "accessory": section(accessory=IMAGE),
    "several": section(accessory={"type": "multi_static_select", "options": [option()]}),
    "rich input": asking({"type": "rich_text_input"}),
}

BAD = {
    "section text": section(text=mrkdwn(overlong(3000))),
    "empty text": section(text=mrkdwn("")),
    "section without anything": {"type": "section"},
    "section field": {"type": "section", "fields": [mrkdwn(overlong(2000))]},
    "section fields": {"type": "section", "fields": [mrkdwn()] * 11},
    "unknown key": section(colour="red"),
    "unknown key in text": section(text=mrkdwn(emoji=True)),
    "unknown block": {"type": "carousel"},
    "no type": {"text": mrkdwn()},
    "no object": "quack",
    "header in mrkdwn": {"type": "header", "text": mrkdwn()},
    "header": {"type": "header", "text": plain(overlong(150))},
    "divider with text": {"type": "divider", "text": plain()},
    "context": context(*[mrkdwn()] * 11),
    "empty context": context(),
    "context with a button": context(button()),
    "actions": actions(*[button(action_id=str(n)) for n in range(26)]),
    "empty actions": actions(),
    "same action twice": actions(button(action_id="q"), button(action_id="q")),
    "image in actions": actions(IMAGE),
    "text input in actions": actions(TYPED),
    "button text": actions(button(text=plain(overlong(75)))),
    "button in mrkdwn": actions(button(text=mrkdwn())),
    "button value": actions(button(value=overlong(2000))),
    "button url": actions(button(url=overlong(3000))),
    "button action": actions(button(action_id=overlong(255))),
    "button style": actions(button(style="default")),
    "button number": actions(button(value=7)),
    "confirm title": actions(button(confirm={**CONFIRM, "title": plain(overlong(100))})),
    "confirm text": actions(button(confirm={**CONFIRM, "text": plain(overlong(300))})),
    "confirm button": actions(button(confirm={**CONFIRM, "deny": plain(overlong(30))})),
    "option text": actions(select(options=[option(overlong(75))])),
    "option value": actions(select(options=[option(value=overlong(150))])),
    "options": actions(select(options=[option()] * 101)),
    "no options": actions(select(options=[])),
    "neither options nor groups": actions({"type": "static_select"}),
    "both options and groups": actions(select(option_groups=[])),
    "select placeholder": actions(select(placeholder=plain(overlong(150)))),
    "overflow": section(accessory={"type": "overflow", "options": [option()] * 6}),
    "date": actions({"type": "datepicker", "initial_date": "22.2.2013"}),
    "time": actions({"type": "timepicker", "initial_time": "24:00"}),
    "moment": actions({"type": "datetimepicker", "initial_date_time": 99}),
    "image without alt": {"type": "image", "image_url": "https://example.org/"},
    "image twice": {**IMAGE, "slack_file": {"id": "F1"}},
    "markdown": {"type": "markdown", "text": overlong(12_000)},
    "input label": asking(TYPED, label=plain(overlong(2000))),
    "input without element": {"type": "input", "label": plain()},
    "input of a button": asking(button()),
    "input length": asking({**TYPED, "max_length": 3001}),
    "input placeholder": asking({**TYPED, "placeholder": plain(overlong(150))}),
    "input flag": asking({**TYPED, "multiline": "yes"}),
    "rich text part": rich({"type": "text", "text": "quack"}),
    "rich text style": rich(rich_section({"type": "text", "text": "q", "style": {"blink": True}})),
    "rich text list": rich({"type": "rich_text_list", "style": "dash", "elements": []}),
    "block id": section(block_id=overlong(255)),
}


@pytest.mark.parametrize("block", GOOD.values(), ids=GOOD)
def test_what_slack_takes_is_taken(block):
    assert blockkit.message_blocks([block])[0]["type"] == block["type"]


@pytest.mark.parametrize("block", BAD.values(), ids=BAD)
def test_what_slack_refuses_is_refused(block):
    with pytest.raises(SlackError, match="invalid_blocks"):
        blockkit.message_blocks([block])


def test_a_message_has_at_most_fifty_blocks():
    assert len(blockkit.message_blocks([{"type": "divider"}] * 50)) == 50
    with pytest.raises(SlackError, match="invalid_blocks"):
        blockkit.message_blocks([{"type": "divider"}] * 51)


def test_block_ids_are_unique_in_a_message():
    with pytest.raises(SlackError) as caught:
        blockkit.message_blocks([section(block_id="one"), section(block_id="one")])
    assert "already exists" in caught.value.extra["errors"][0]


def test_what_has_no_id_gets_one():
    blocks = blockkit.message_blocks([actions(button(), button()), section(accessory=button())])
    ids = [element["action_id"] for element in blocks[0]["elements"]]
    assert len(set(ids)) == 2
    assert all(block["block_id"] for block in blocks)
    assert blocks[1]["accessory"]["action_id"]


def test_marked_up_text_is_escaped_like_the_message_itself():
    stored = blockkit.message_blocks([section(text=mrkdwn("<b> & https://example.org"))])
    assert stored[0]["text"]["text"] == "&lt;b&gt; &amp; <https://example.org>"


def test_what_the_sdk_builds_is_taken():
    confirm = ConfirmObject(title="Sure?", text="Really", confirm="Yes", deny="No")
    blocks = [
        HeaderBlock(text="Site Outage"),
        DividerBlock(),
        SectionBlock(text=MarkdownTextObject(text="*quack*"), fields=["a", "b"]),
        ContextBlock(elements=[MarkdownTextObject(text="since *today*")]),
        ActionsBlock(
            elements=[
                ButtonElement(text="Go", action_id="go", style="primary", confirm=confirm),
                StaticSelectElement(
                    placeholder="Which?", action_id="which", options=[Option(text="a", value="a")]
                ),
            ]
        ),
        InputBlock(label="Text", element=PlainTextInputElement(action_id="text", multiline=True)),
    ]
    assert len(blockkit.message_blocks([block.to_dict() for block in blocks])) == 6


def modal(**more):
    return {"type": "modal", "title": plain(), "blocks": [section()], **more}


def test_a_modal_built_by_the_sdk_is_taken():
    view = View(
        type="modal",
        title="Update",
        submit="Send",
        callback_id="update",
        blocks=[InputBlock(label="Text", element=PlainTextInputElement(action_id="text"))],
    )
    assert blockkit.view(view.to_dict())["callback_id"] == "update"


BAD_MODALS = {
    "title": modal(title=plain(overlong(24))),
    "submit": modal(submit=plain(overlong(24))),
    "close": modal(close=plain(overlong(24))),
    "blocks": modal(blocks=[{"type": "divider"}] * 101),
    "no blocks": modal(blocks=[]),
    "metadata": modal(private_metadata=overlong(3000)),
    "callback": modal(callback_id=overlong(255)),
    "markdown": modal(blocks=[{"type": "markdown", "text": "quack"}]),
    "input without submit": modal(blocks=[asking(TYPED)]),
    "home": {"type": "home", "blocks": [section()]},
    "unknown key": modal(size="large"),
    "same block twice": modal(blocks=[section(block_id="q"), section(block_id="q")]),
}


@pytest.mark.parametrize("view", BAD_MODALS.values(), ids=BAD_MODALS)
def test_wrong_modals_are_refused(view):
    with pytest.raises(SlackError, match="invalid_arguments"):
        blockkit.view(view)


def test_a_modal_has_at_most_a_hundred_blocks():
    assert len(blockkit.view(modal(blocks=[{"type": "divider"}] * 100))["blocks"]) == 100


def test_a_modal_must_not_be_larger_than_250_kb():
    sections = [section(text=mrkdwn("q" * 3000)) for _ in range(90)]
    with pytest.raises(SlackError, match="view_too_large"):
        blockkit.view(modal(blocks=sections))
