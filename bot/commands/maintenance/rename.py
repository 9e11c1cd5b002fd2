"""rename: the same as incidents' own, of maintenances."""

from dataclasses import replace

from bot.commands import rename
from bot.commands._args import TITLE
from bot.commands.maintenance._args import NUMBER

COMMAND = replace(
    rename.COMMAND,
    order=80,
    summary="give a maintenance another title",
    args=(NUMBER, TITLE),
    example="rename #12 Moving to other machines",
)
