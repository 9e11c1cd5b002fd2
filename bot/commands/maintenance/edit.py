"""edit: the same as incidents' own, of maintenances."""

from dataclasses import replace

from bot.commands import edit
from bot.commands._args import TEXT
from bot.commands.maintenance._args import NUMBER

COMMAND = replace(
    edit.COMMAND,
    order=90,
    summary="correct the text of the latest update",
    args=(NUMBER, TEXT),
    example="edit #12 We move to other machines; the home page may be slow.",
)
