"""Blocks: https://docs.slack.dev/reference/block-kit/blocks."""

from bot.sandbox.blockkit.elements import ANSWERING, CHOOSERS, ELEMENTS, PICKERS, SELECTS
from bot.sandbox.blockkit.objects import LONGEST_ID, URL, any_text, plain
from bot.sandbox.blockkit.rich_text import RICH_TEXT
from bot.sandbox.blockkit.shape import (
    Check,
    also,
    array,
    at_least_one,
    boolean,
    exactly_one,
    shape,
    some_of,
    string,
    typed,
    unique,
)

LONGEST_SECTION = 3000
LONGEST_MARKDOWN = 12_000
NAMED = {"block_id": LONGEST_ID}
SLACK_FILE = also(shape({}, {"id": string(255), "url": URL}), exactly_one("id", "url"))

_SINGLE = tuple(name for name in SELECTS if not name.startswith("multi_"))
_PRESSED = ("button", "overflow", *PICKERS, "datetimepicker", *CHOOSERS)
_ACCESSORY = typed(some_of(ELEMENTS, *_PRESSED, *SELECTS, "image"), "element")
_ACTION = typed(some_of(ELEMENTS, *_PRESSED, *_SINGLE, "rich_text_input"), "element")
_ANSWER = typed(some_of(ELEMENTS, *ANSWERING), "element")
_IN_CONTEXT = typed(
    {
        "plain_text": shape({"text": string(3000)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(3000)}, {"verbatim": boolean}),
        "image": ELEMENTS["image"],
    },
    "element",
)

BLOCKS: dict[str, Check] = {
    "section": also(
        shape(
            {},
            {
                **NAMED,
                "text": any_text(LONGEST_SECTION),
                "fields": array(any_text(2000), 10),
                "accessory": _ACCESSORY,
                "expand": boolean,
            },
        ),
        at_least_one("text", "fields"),
    ),
    "header": shape({"text": plain(150)}, NAMED),
    "divider": shape({}, NAMED),
    "context": shape({"elements": array(_IN_CONTEXT, 10)}, NAMED),
    "actions": shape({"elements": also(array(_ACTION, 25), unique("action_id"))}, NAMED),
    "input": shape(
        {"label": plain(2000), "element": _ANSWER},
        {**NAMED, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": shape(RICH_TEXT, NAMED),
    "image": also(
        shape(
            {"alt_text": string(2000)},
            {**NAMED, "title": plain(2000), "image_url": URL, "slack_file": SLACK_FILE},
        ),
        exactly_one("image_url", "slack_file"),
    ),
    "markdown": shape({"text": string(LONGEST_MARKDOWN)}, NAMED),
}

_IN_MODALS = tuple(name for name in BLOCKS if name != "markdown")
MESSAGE = also(array(typed(BLOCKS, "block"), 50, 0), unique("block_id"))
VIEW_BLOCKS = also(array(typed(some_of(BLOCKS, *_IN_MODALS), "block"), 100), unique("block_id"))

VIEW = typed(
    {
        "modal": shape(
            {"title": plain(24), "blocks": VIEW_BLOCKS},
            {
                "submit": plain(24),
                "close": plain(24),
                "private_metadata": string(3000, 0),
                "callback_id": string(255, 0),
                "external_id": string(255, 0),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        )
    },
    "view",
)
