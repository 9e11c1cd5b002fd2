"""Answers as Slack takes them: always for their author alone."""

from typing import Any

from bot.commands import Answer, Button

LONGEST_TEXT = 40_000  # characters; Slack cuts beyond
_LONGEST_SECTION = 3_000
_MOST_SECTIONS = 45
_LONGEST_LABEL = 75


def ephemeral(answer: Answer) -> dict[str, Any]:
    """The message that answers a command, or takes the place of one with buttons."""
    message: dict[str, Any] = {"response_type": "ephemeral", "text": answer.text[:LONGEST_TEXT]}
    if answer.buttons or len(answer.text) > LONGEST_TEXT:
        message["blocks"] = [*_sections(answer.text), *_buttons(answer.buttons)]
    return message


def replacing(answer: Answer) -> dict[str, Any]:
    """The same in place of the message whose button was pressed."""
    return ephemeral(answer) | {"replace_original": True}


def beside(answer: Answer) -> dict[str, Any]:
    """A second message; the first answer stays."""
    return ephemeral(answer) | {"replace_original": False}


def split_markup(text: str, size: int = _LONGEST_SECTION) -> list[str]:
    """Pieces of at most `size` characters, cut at line ends and words, never inside an entity."""
    pieces = []
    while len(text) > size:
        at = _cut(text, size)
        pieces.append(text[:at])
        text = text[at:].removeprefix("\n")
    return [*pieces, text] if text else pieces


def _cut(text: str, size: int) -> int:
    for mark in ("\n", " "):
        at = text.rfind(mark, size // 2, size)
        if at > 0:
            return at + (mark == " ")
    entity = text.rfind("&", size - len("&amp;") + 1, size)
    return entity if entity > 0 and ";" not in text[entity:size] else size


def _sections(text: str) -> list[dict[str, Any]]:
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": piece, "verbatim": True}}
        for piece in split_markup(text)[:_MOST_SECTIONS]
    ]


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
