"""identified: say that the cause is known."""

from bot.commands._phase import phase_command
from bot.core.status import Phase

COMMAND = phase_command(
    Phase.IDENTIFIED,
    order=40,
    summary="say that the cause is known",
    example="identified #12 www=partial A failover landed on broken hardware.",
    aliases=("found",),
)
