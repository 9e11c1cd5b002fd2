"""What stands in an element: its `action`, and a modal's `state.values`.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.model.errors import Json

# How each kind of element says what was typed or chosen, and where it says what stands there first.
ONE_OPTION = ("static_select", "external_select", "radio_buttons", "overflow")
MANY_OPTIONS = ("multi_static_select", "checkboxes")
PLAIN = {
    "plain_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
}
TEXT = ("plain_text_input", "url_text_input", "email_text_input", "number_input")
LONGEST_INPUT = 3000


def chosen(element: Json, given: Any = None) -> Json:
    """What the element says when `given` was typed or chosen in it, or nothing yet."""
    kind = element["type"]
    if kind == "button":
        return {}
    if kind in ONE_OPTION:
        first = element.get("initial_option")
        return {"selected_option": first if given is None else _option(element, given)}
    if kind in MANY_OPTIONS:
        first = element.get("initial_options", [])
        options = [_option(element, each) for each in given or []]
        return {"selected_options": first if given is None else options}
    key, initial = PLAIN[kind]
    value = element.get(initial) if given is None else given
    return {key: value if value != "" else None}


def _option(element: Json, value: Any) -> Json | None:
    """The option with that value, or that text, None for ""; raises LookupError."""
    if value == "":
        return None
    groups = [group["options"] for group in element.get("option_groups", [])]
    options = [*element.get("options", []), *(each for group in groups for each in group)]
    for option in options:
        if value in {option["value"], option["text"]["text"]}:
            return {"text": option["text"], "value": option["value"]}
    raise LookupError(f"there is no option {value}")


def action(block: Json, element: Json, given: Any = None) -> Json:
    """The entry of `actions` for one press or choice."""
    entry: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        **chosen(element, given),
    }
    for key in ("text", "value", "style", "url"):
        if element["type"] == "button" and key in element:
            entry[key] = element[key]
    return entry


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each interactive element, after its block."""
    for block in blocks:
        inside = block["elements"] if block["type"] == "actions" else []
        single = [block[key] for key in ("accessory", "element") if key in block]
        for element in (*inside, *single):
            if element["type"] != "image":
                yield block, element


def find(blocks: list[Json], what: str) -> tuple[Json, Json]:
    """The element with that action_id or, for buttons, that text; raises LookupError."""
    for block, element in elements(blocks):
        label = element.get("text", {}).get("text") if element["type"] == "button" else None
        if what in {element["action_id"], label}:
            return block, element
    raise LookupError(f"there is nothing to press called {what}")


def values(blocks: list[Json], given: Json) -> Json:
    """`state.values`; `given` is by action_id or block_id."""
    state: Json = {}
    for block, element in elements(blocks):
        if element["type"] in {"button", "overflow"}:
            continue
        typed = given.get(element["action_id"], given.get(block["block_id"]))
        entry = {"type": element["type"], **chosen(element, typed)}
        state.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return state


def incomplete(blocks: list[Json], state: Json) -> dict[str, str]:
    """What Slack's window itself says before it lets a modal be submitted, by block_id."""
    found = {}
    for block in blocks:
        if block["type"] == "input" and (problem := _problem(block, state)):
            found[block["block_id"]] = problem
    return found


def _problem(block: Json, state: Json) -> str | None:
    element = block["element"]
    entry = state[block["block_id"]][element["action_id"]]
    value = next(item for key, item in entry.items() if key != "type")
    if not value:
        return None if block.get("optional") else "Please complete this required field."
    if element["type"] in TEXT:
        least, most = element.get("min_length", 0), element.get("max_length", LONGEST_INPUT)
        if not least <= len(value) <= most:
            return f"Must be between {least} and {most} characters."
    return None
