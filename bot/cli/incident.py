"""duckrow incident: everything the slash command does, when Slack is down or far away."""

import sys

import click

from bot import app
from bot.core.text import to_plain


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(words: tuple[str, ...]) -> None:
    """Say it in the slash command's words: duckrow incident open www=down Title "|" text."""
    with app.opened(app.tool_settings("page", "ledger", "target")) as duckrow:
        answer = duckrow.say(" ".join(words))
        click.echo(to_plain(answer.text), err=answer.refused)
        for button in answer.buttons:
            click.echo(f"  {button.label}")
        if answer.saved:
            duckrow.publish()
    sys.exit(1 if answer.refused or answer.buttons else 0)
