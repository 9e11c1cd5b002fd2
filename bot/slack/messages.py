"""Answers as Slack takes them: always for their author alone."""

from typing import Any

from bot.commands import Answer, Button
from bot.slack.blocks import sections
from bot.slack.markup import split_markup

Json = dict[str, Any]

_LONGEST_TEXT = 40_000  # characters; Slack cuts what is beyond
_LONGEST_LABEL = 75


def ephemeral(answer: Answer) -> list[Json]:
    """The message that answers a command; more than one where a long text is handed back."""
    pieces = split_markup(answer.text, _LONGEST_TEXT)
    first, *more = [{"response_type": "ephemeral", "text": piece} for piece in pieces]
    return [first | _with_buttons(answer), *map(_beside, more)]


def replacing(answer: Answer) -> list[Json]:
    """The same in place of the message whose button was pressed."""
    first, *more = ephemeral(answer)
    return [first | {"replace_original": True}, *more]


def beside(answer: Answer) -> list[Json]:
    """The same, and what was answered before stays."""
    return [_beside(message) for message in ephemeral(answer)]


def _beside(message: Json) -> Json:
    return message | {"replace_original": False}


def _with_buttons(answer: Answer) -> Json:
    if not answer.buttons:
        return {}
    buttons = [_button(button, at) for at, button in enumerate(answer.buttons)]
    return {"blocks": [*sections(answer.text), {"type": "actions", "elements": buttons}]}


def _button(button: Button, at: int) -> Json:
    return {
        "type": "button",
        "action_id": f"{button.action}:{at}",  # unique within a message, as Slack demands
        "text": {"type": "plain_text", "text": button.label[:_LONGEST_LABEL]},
        "value": button.value,
    }
