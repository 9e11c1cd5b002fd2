"""Subcommands that say where the work stands, while it goes on."""

from datetime import datetime

from bot.commands._answer import Answer, Call
from bot.commands._args import AT
from bot.commands.maintenance._args import NUMBER, SENTENCE
from bot.commands.maintenance._say import is_running, planned_one, say
from bot.core.grammar import Command
from bot.core.maintenance import require_running
from bot.core.status import Phase
from storage.ledger import Telling


def phase_command(
    phase: Phase, *, name: str, order: int, summary: str, example: str, aliases: tuple[str, ...]
) -> Command:
    """The subcommand that brings running work into the phase."""

    def handle(
        call: Call, ledger: Telling, *, incident: int | None, at: datetime | None, text: str | None
    ) -> Answer:
        one = planned_one(ledger, incident, is_running)
        require_running(one)
        return say(call, ledger, one, phase, text, at=at)

    return Command(
        name=name,
        order=order,
        summary=summary,
        args=(NUMBER, AT, SENTENCE),
        example=example,
        handle=handle,
        aliases=aliases,
    )
