"""show: the same as incidents' own, of maintenances."""

from dataclasses import replace

from bot.commands import show
from bot.commands.maintenance._args import NUMBER

COMMAND = replace(
    show.COMMAND,
    order=120,
    summary="show one maintenance as readers see it",
    args=(NUMBER,),
    example="show #12",
)
