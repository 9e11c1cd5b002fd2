"""duckrow db upgrade: bring the tables up to this version."""

import click

from bot import app


@click.group
def command() -> None:
    """The ledger's tables."""


@command.command
def upgrade() -> None:
    """Bring the tables up to this version; safe to repeat."""
    app.upgrade(app.tool_settings("ledger"))
    click.echo("The tables are up to date.")
