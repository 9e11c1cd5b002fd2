"""verify: the work is done and is being checked."""

from bot.commands.maintenance._phase import phase_command
from bot.core.status import Phase

COMMAND = phase_command(
    Phase.VERIFYING,
    name="verify",
    order=40,
    summary="say that the work is done and is being checked",
    example="verify #12",
    aliases=("verifying",),
)
