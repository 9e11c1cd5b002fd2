"""investigating: say that the cause is being looked for."""

from bot.commands._phase import phase_command
from bot.core.status import Phase

COMMAND = phase_command(
    Phase.INVESTIGATING,
    order=30,
    summary="say that the cause is being looked for",
    example="investigating #12 The fix did not hold; we are looking again.",
)
