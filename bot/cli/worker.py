"""duckrow worker: the loop without reception."""

import click

from bot import app, processes


@click.command
def command() -> None:
    """Publish, tell Slack, keep time; run any number of these, one has the turn."""
    processes.worker(app.settings("page", "ledger", "target", "slack", "server"))
