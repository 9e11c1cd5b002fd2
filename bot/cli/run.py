"""duckrow run: Slack, the loop and the page in one process."""

import click

from bot import app


@click.command
def command() -> None:
    """Run everything in one process, until it is told to stop."""
    app.run(app.settings())
