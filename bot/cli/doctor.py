"""duckrow doctor: what is wrong, and the remedy, before anybody needs it."""

import sys

import click

from bot import doctor


@click.command
def command() -> None:
    """Check settings, database, target, and Slack's tokens, scopes and channels."""
    healthy = True
    for check in doctor.examine():
        healthy = healthy and check.ok
        click.echo(f"{'ok ' if check.ok else 'NOT'}  {check.name}: {check.said}")
        if not check.ok:
            click.echo(f"     {check.remedy}")
    sys.exit(0 if healthy else 1)
