"""Subcommands that say something new and name the phase the incident is in now."""

from collections.abc import Mapping
from datetime import datetime

from bot.commands._answer import Answer, Call
from bot.commands._args import AT, COMPONENTS, INCIDENT, TEXT
from bot.commands._say import open_one, say
from bot.core.grammar import Command
from bot.core.status import ComponentStatus, Phase
from storage.ledger import Telling


def phase_command(
    phase: Phase, *, order: int, summary: str, example: str, aliases: tuple[str, ...] = ()
) -> Command:
    """The subcommand named as the phase."""

    def handle(
        call: Call,
        ledger: Telling,
        *,
        incident: int | None,
        components: Mapping[str, ComponentStatus],
        at: datetime | None,
        text: str,
    ) -> Answer:
        one = open_one(ledger, incident)
        return say(call, ledger, one, phase, text, components=components, at=at)

    return Command(
        name=phase.value,
        order=order,
        summary=summary,
        args=(INCIDENT, COMPONENTS, AT, TEXT),
        example=example,
        handle=handle,
        aliases=aliases,
    )
