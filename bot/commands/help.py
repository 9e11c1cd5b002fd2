"""help: the subcommands, or one of them in full."""

from bot.commands._answer import Answer, Call
from bot.commands._args import SUBCOMMAND
from bot.core.grammar import Command, help_one, help_text, split
from storage.ledger import Ledger


def handle(call: Call, ledger: Ledger, *, subcommand: str | None) -> Answer:  # noqa: ARG001
    from bot.commands._registry import commands_about  # noqa: PLC0415 -- it holds this very file

    commands = commands_about(call.about)
    if subcommand is None:
        return Answer(help_text(commands, call.slash))
    command, _ = split(subcommand, commands)
    return Answer(help_one(command, call.slash))


COMMAND = Command(
    name="help",
    order=160,
    summary="explain the subcommands, or one of them",
    args=(SUBCOMMAND,),
    example="help open",
    handle=handle,
    writes=False,
    aliases=("?", "--help", "-h"),
)
