"""duckrow maintenance: plan maintenances; Slack does not offer these subcommands yet."""

import click

from bot.cli.incident import AsTyped, carry_out
from bot.core.status import Kind


@click.command(cls=AsTyped)
def command(line: str) -> None:
    """Plan a maintenance: duckrow maintenance schedule www from=22:00 for=3h Title "|" text."""
    carry_out(line, Kind.MAINTENANCE)
