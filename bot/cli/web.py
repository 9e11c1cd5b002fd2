"""duckrow web: receive from Slack over HTTP."""

import click

from bot import app


@click.command
def command() -> None:
    """Receive commands, actions and events at /slack/events; run any number of these."""
    app.web(app.settings("page", "ledger", "target", "slack", "http", "server"))
