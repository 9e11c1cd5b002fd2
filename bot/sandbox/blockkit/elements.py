"""Block elements: https://docs.slack.dev/reference/block-kit/block-elements."""

import re

from bot.sandbox.blockkit.objects import (
    ANY_OPTION,
    CONFIRM,
    DISPATCH,
    FILTER,
    GROUP,
    LONGEST_ID,
    PLAIN_OPTION,
    URL,
    option,
    plain,
)
from bot.sandbox.blockkit.rich_text import VALUE
from bot.sandbox.blockkit.shape import (
    Check,
    also,
    array,
    boolean,
    exactly_one,
    matching,
    number,
    one_of,
    shape,
    string,
)

DATE = matching(re.compile(r"\d{4}-\d{2}-\d{2}"), "must be a date: YYYY-MM-DD")
TIME = matching(re.compile(r"([01]\d|2[0-3]):[0-5]\d"), "must be a time: HH:mm")
EPOCH = number(10**9, 10**10 - 1)
ANSWER = {"action_id": LONGEST_ID, "focus_on_load": boolean}
HINTED = {**ANSWER, "placeholder": plain(150)}
ASKED = {**HINTED, "confirm": CONFIRM}
IDS = array(string(255), 100, 0)
SEVERAL = {**ASKED, "max_selected_items": number(1, 100)}
CHOICES = {"options": array(PLAIN_OPTION, 100), "option_groups": array(GROUP, 100)}
ONE = {"initial_option": PLAIN_OPTION}
MANY = {"initial_options": array(PLAIN_OPTION, 100)}


def _static(optional: dict[str, Check]) -> Check:
    return also(shape({}, {**CHOICES, **optional}), exactly_one("options", "option_groups"))


ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": plain(75)},
        {
            "action_id": LONGEST_ID,
            "url": URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "static_select": _static({**ASKED, **ONE}),
    "multi_static_select": _static({**SEVERAL, **MANY}),
    "external_select": shape({}, {**ASKED, **ONE, "min_query_length": number(0, 100)}),
    "users_select": shape({}, {**ASKED, "initial_user": string(255)}),
    "multi_users_select": shape({}, {**SEVERAL, "initial_users": IDS}),
    "conversations_select": shape(
        {},
        {
            **ASKED,
            "initial_conversation": string(255),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "channels_select": shape(
        {}, {**ASKED, "initial_channel": string(255), "response_url_enabled": boolean}
    ),
    "overflow": shape(
        {"options": array(option(plain(75), url=URL), 5)},
        {"action_id": LONGEST_ID, "confirm": CONFIRM},
    ),
    "datepicker": shape({}, {**ASKED, "initial_date": DATE}),
    "timepicker": shape({}, {**ASKED, "initial_time": TIME, "timezone": string(255)}),
    "datetimepicker": shape({}, {**ANSWER, "initial_date_time": EPOCH, "confirm": CONFIRM}),
    "checkboxes": shape(
        {"options": array(ANY_OPTION, 10)},
        {**ANSWER, "initial_options": array(ANY_OPTION, 10), "confirm": CONFIRM},
    ),
    "radio_buttons": shape(
        {"options": array(ANY_OPTION, 10)},
        {**ANSWER, "initial_option": ANY_OPTION, "confirm": CONFIRM},
    ),
    "plain_text_input": shape(
        {},
        {
            **HINTED,
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
            "dispatch_action_config": DISPATCH,
        },
    ),
    "url_text_input": shape(
        {}, {**HINTED, "initial_value": string(3000, 0), "dispatch_action_config": DISPATCH}
    ),
    "email_text_input": shape(
        {}, {**HINTED, "initial_value": string(3000, 0), "dispatch_action_config": DISPATCH}
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {
            **HINTED,
            "initial_value": string(255),
            "min_value": string(255),
            "max_value": string(255),
            "dispatch_action_config": DISPATCH,
        },
    ),
    "rich_text_input": shape(
        {}, {**HINTED, "initial_value": VALUE, "dispatch_action_config": DISPATCH}
    ),
    "image": shape({"image_url": URL, "alt_text": string(2000)}),
}

SELECTS = tuple(name for name in ELEMENTS if name.endswith("_select"))
PICKERS = ("datepicker", "timepicker")
CHOOSERS = ("checkboxes", "radio_buttons")
TYPED_IN = (
    "plain_text_input",
    "url_text_input",
    "email_text_input",
    "number_input",
    "rich_text_input",
)
ANSWERING = (*SELECTS, *PICKERS, "datetimepicker", *CHOOSERS, *TYPED_IN)
