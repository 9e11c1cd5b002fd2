"""Answers as Slack takes them: always for their author alone."""

from typing import Any

from bot.commands import Answer, Button
from bot.slack.blocks import sections

LONGEST_TEXT = 40_000  # characters; Slack cuts beyond
_MOST_SECTIONS = 45
_LONGEST_LABEL = 75


def ephemeral(answer: Answer) -> dict[str, Any]:
    """The message that answers a command, or takes the place of one with buttons."""
    message: dict[str, Any] = {"response_type": "ephemeral", "text": answer.text[:LONGEST_TEXT]}
    if answer.buttons or len(answer.text) > LONGEST_TEXT:
        message["blocks"] = [*sections(answer.text)[:_MOST_SECTIONS], *_buttons(answer.buttons)]
    return message


def replacing(answer: Answer) -> dict[str, Any]:
    """The same in place of the message whose button was pressed."""
    return ephemeral(answer) | {"replace_original": True}


def beside(answer: Answer) -> dict[str, Any]:
    """A second message; the first answer stays."""
    return ephemeral(answer) | {"replace_original": False}


def _buttons(buttons: tuple[Button, ...]) -> list[dict[str, Any]]:
    elements = [
        {
            "type": "button",
            "action_id": f"{button.action}:{at}",  # unique within a message, as Slack demands
            "text": {"type": "plain_text", "text": button.label[:_LONGEST_LABEL]},
            "value": button.value,
        }
        for at, button in enumerate(buttons)
    ]
    return [{"type": "actions", "elements": elements}] if elements else []
