"""duckrow worker: the loop without reception."""

import click

from bot import app


@click.command
def command() -> None:
    """Publish, tell Slack, keep time; run any number of these, one has the turn."""
    app.worker(app.settings("page", "ledger", "target", "slack"))
