"""duckrow run: Slack, the loop and the page in one process."""

import click

from bot import app, processes


@click.command
def command() -> None:
    """Run everything in one process, until it is told to stop."""
    processes.run(app.settings())
