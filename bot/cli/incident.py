"""duckrow incident: everything the slash command does, when Slack is down or far away."""

import sys

import click

from bot import app
from bot.commands import Answer
from bot.core.status import Kind
from bot.core.text import to_plain


class AsTyped(click.Command):
    """Leaves every word as it was typed: `--` and what looks like an option are ours to read."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.params["line"] = _line(args)
        return []


def _line(args: list[str]) -> str:
    match args:
        case [subcommand, "--help"]:  # as tools of a shell are asked, and never a text
            return f"help {subcommand}"
    return " ".join(args)


@click.command(cls=AsTyped)
def command(line: str) -> None:
    """Say it in the slash command's words: duckrow incident open www=down Title "|" text."""
    carry_out(line, Kind.INCIDENT)


def carry_out(line: str, about: Kind) -> None:
    """Save it, say so, and publish; end with status 1 where it was not saved."""
    with app.opened(app.tool_settings("page", "ledger", "target")) as duckrow:
        answer = duckrow.say(line, about)
        click.echo(_told(answer, line), err=answer.refused)
        if answer.saved:
            duckrow.publish()
    sys.exit(1 if answer.refused or answer.buttons else 0)


def _told(answer: Answer, line: str) -> str:
    """The answer in plain text, with the line as it was typed, markup and all."""
    said, hands_back, _ = answer.text.partition("Your text: ")
    choices = [f"  {button.label}" for button in answer.buttons if button.action == "choose"]
    lines = [to_plain(said), *choices]
    if choices:
        lines.append("Type it again with the number right after the subcommand.")
    return "\n".join([*lines, f"Your text: {line}"] if hands_back else lines)
