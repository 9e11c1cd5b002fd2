"""monitoring: say that a fix is out and being watched."""

from bot.commands._phase import phase_command
from bot.core.status import Phase

COMMAND = phase_command(
    Phase.MONITORING,
    order=50,
    summary="say that a fix is out and being watched",
    example="monitoring #12 A fix is out; we are watching it.",
    aliases=("watching",),
)
