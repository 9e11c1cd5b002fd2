"""help: the subcommands, or one of them in full."""

from bot.commands._answer import Answer, Call
from bot.commands._args import SUBCOMMAND
from bot.core.grammar import Command, help_one, help_text, split
from storage.ledger import Ledger


def handle(call: Call, ledger: Ledger, *, subcommand: str | None) -> Answer:  # noqa: ARG001
    from bot.commands._registry import COMMANDS  # noqa: PLC0415 -- the list holds this very file

    if subcommand is None:
        return Answer(help_text(COMMANDS, call.slash))
    command, _ = split(subcommand, COMMANDS)
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
