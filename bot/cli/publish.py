"""duckrow publish: bring the page up to date now, whether or not a loop runs."""

import click

from bot import app


@click.command
@click.option("--full", is_flag=True, help="Write every document again, and remove our old ones.")
@click.option("--take-over", is_flag=True, help="Replace all that stands there by this ledger's.")
def command(*, full: bool, take_over: bool) -> None:
    """Bring the page up to date now."""
    with app.opened(app.tool_settings("page", "ledger", "target")) as duckrow:
        if full or take_over:
            duckrow.publish_fully(take_over=take_over, progress=_progress)
        else:
            duckrow.publish()


def _progress(done: int, total: int) -> None:
    click.echo(f"\r{done} of {total} documents", nl=done == total, err=True)
