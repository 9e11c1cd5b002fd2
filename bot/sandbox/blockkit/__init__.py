"""Block Kit, as strict as Slack: what may be posted or opened, and with which error it may not."""

import json
from collections.abc import Iterator
from typing import Any

from bot.sandbox.blockkit.blocks import LONGEST_MARKDOWN, MESSAGE, VIEW
from bot.sandbox.blockkit.shape import Wrong
from bot.sandbox.model.errors import Json, SlackError
from bot.sandbox.model.text import LONGEST_POST, posted

LARGEST_VIEW = 250_000


def message_blocks(given: Any) -> list[Json]:
    """The blocks of a message, checked, with ids and with Slack's escaping; raises SlackError."""
    try:
        blocks = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise SlackError("invalid_blocks_format") from error
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    try:
        MESSAGE(blocks, "/blocks")
    except Wrong as wrong:
        raise _refused("invalid_blocks", str(wrong)) from wrong
    _not_too_long(blocks)
    return [_stored(_named(block, f"{index:05x}")) for index, block in enumerate(blocks)]


def view(given: Any) -> Json:
    """A modal, checked, with ids; raises SlackError."""
    try:
        body = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise _refused("invalid_arguments", "view must be JSON") from error
    if len(json.dumps(body, ensure_ascii=False).encode()) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    try:
        VIEW(body, "/view")
    except Wrong as wrong:
        raise _refused("invalid_arguments", str(wrong)) from wrong
    if "submit" not in body and any(block["type"] == "input" for block in body["blocks"]):
        problem = "missing required field: submit, needed with input blocks"
        raise _refused("invalid_arguments", f"{problem} [json-pointer:/view]")
    blocks = [_named(block, f"{index:05x}") for index, block in enumerate(body["blocks"])]
    return {**body, "blocks": blocks}


def _refused(error: str, problem: str) -> SlackError:
    messages = {"messages": [f"[ERROR] {problem}"]}
    return SlackError(error, errors=[problem], response_metadata=messages)


def _not_too_long(blocks: list[Json]) -> None:
    """Markdown's limit is documented, the sum over other blocks is not (?)."""
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > LONGEST_MARKDOWN or sum(map(len, _texts(blocks))) > LONGEST_POST:
        raise SlackError("msg_blocks_too_long")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "text" and isinstance(each, str):
                yield each
            else:
                yield from _texts(each)


def _named(block: Json, identity: str) -> Json:
    """Slack gives an id to whatever has none."""
    block = {**block, "block_id": block.get("block_id") or identity}
    if block["type"] == "actions":
        elements = enumerate(block["elements"])
        block["elements"] = [_with_action(each, f"{identity}{n}") for n, each in elements]
    for key in ("accessory", "element"):
        if key in block:
            block[key] = _with_action(block[key], identity)
    return block


def _with_action(element: Json, identity: str) -> Json:
    if element["type"] == "image":
        return element
    return {**element, "action_id": element.get("action_id") or identity}


def _stored(value: Any) -> Any:
    """The same block with its mrkdwn as Slack keeps it."""
    if isinstance(value, list):
        return [_stored(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "mrkdwn":
        return {**value, "text": posted(value["text"]), "verbatim": value.get("verbatim", False)}
    return {key: _stored(each) for key, each in value.items()}
