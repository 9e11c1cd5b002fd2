"""retract: the same as incidents' own, of maintenances."""

from dataclasses import replace

from bot.commands import retract
from bot.commands.maintenance._args import NUMBER

COMMAND = replace(
    retract.COMMAND,
    order=100,
    summary="take the latest update off the page; its window stays as it is",
    args=(NUMBER,),
    example="retract #12",
)
