"""duckrow manifest: what to paste when creating the Slack app."""

import click

from bot.config.values import command as read_command
from bot.slack.manifest import manifest_json


@click.command
@click.option("--http", "http_url", default=None, help="Receive over HTTP at this public address.")
@click.option("--name", default="Duckrow", show_default=True, help="The app's name in Slack.")
@click.option(
    "--slash-command", default="/incident", show_default=True, help="As SLASH_COMMAND says."
)
def command(http_url: str | None, name: str, slash_command: str) -> None:
    """Print the Slack app's manifest: for Socket Mode, or for HTTP with --http URL."""
    slash = read_command(slash_command)
    click.echo(manifest_json(slash, http_url, name), nl=False)
