"""complete: the work is over; what it touched is operational again."""

from bot.commands.maintenance._phase import phase_command
from bot.core.status import Phase

COMMAND = phase_command(
    Phase.COMPLETED,
    name="complete",
    order=60,
    summary="say that the work is over, without waiting for its time",
    example="complete #12 All machines are moved, and all is well.",
    aliases=("completed", "done", "finish", "end"),
)
