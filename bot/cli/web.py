"""duckrow web: receive from Slack over HTTP."""

import click

from bot import app, processes


@click.command
def command() -> None:
    """Receive commands, actions and events at /slack/events; run any number of these."""
    processes.web(app.settings("page", "ledger", "target", "slack", "http", "server"))
