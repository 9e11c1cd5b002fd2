"""The command language's subcommands, one file each, and the one way to carry them out."""

from bot.commands._answer import (
    Answer,
    Button,
    Call,
    handed_back,
    outcome_unknown,
    refused,
    unavailable,
)
from bot.commands._registry import COMMANDS, MAINTENANCE
from bot.commands._run import choose, run, settled

__all__ = [
    "COMMANDS",
    "MAINTENANCE",
    "Answer",
    "Button",
    "Call",
    "choose",
    "handed_back",
    "outcome_unknown",
    "refused",
    "run",
    "settled",
    "unavailable",
]
