"""timeline: the same as incidents' own, of maintenances."""

from dataclasses import replace

from bot.commands import timeline
from bot.commands.maintenance._args import NUMBER

COMMAND = replace(
    timeline.COMMAND,
    order=130,
    summary="show everything that was told of one maintenance, with who and when",
    args=(NUMBER,),
    example="timeline #12",
)
