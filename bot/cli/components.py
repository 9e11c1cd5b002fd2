"""duckrow components: what the page's readers know the service's parts by."""

import click

from bot import app
from bot.core.text import to_plain


@click.group
def command() -> None:
    """Add and list the page's components."""


@command.command
@click.argument("slug")
@click.argument("name")
@click.option("--group", default="", help="The name of the group it belongs to; made if new.")
@click.option("--description", default="", help="A line for readers under its name.")
def add(slug: str, name: str, group: str, description: str) -> None:
    """Add a component: SLUG is what responders type, NAME what readers see."""
    with app.opened(app.tool_settings("page", "ledger", "target")) as duckrow:
        duckrow.add_component(slug, name, group=group, description=description)
        click.echo(f"Added {slug}.")
        duckrow.publish()


@command.command("list")
def list_() -> None:
    """List the components and their status."""
    with app.opened(app.tool_settings("page", "ledger")) as duckrow:
        click.echo(to_plain(duckrow.say("components").text))
