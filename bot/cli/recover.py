"""duckrow recover: a lost ledger, made anew from the page."""

import click

from bot import app
from bot.core.errors import Refusal
from bot.emergency import make_anew, read_targets

_NEXT = """
Look at it with:   duckrow incident list
Then publish with: duckrow publish, or start the bot
"""


@click.command
def command() -> None:
    """Make the ledger anew from the page: for a ledger that is lost with every backup of it.

    The ledger in DATABASE_URL must be empty, and PUBLISH_URL name what the lost one published.
    Incidents come back as the page tells them: as plain text, and nobody knows who wrote it.

    With a backup this is not needed: what it lacks comes back from the page by itself.
    """
    with app.opened(app.tool_settings("page", "ledger", "target")) as duckrow:
        shown, failed = read_targets(duckrow.targets, app.now())
        if failed:
            said = "\n".join(f"{one.target}: {one.trouble}" for one in failed)
            raise Refusal(
                f"Nothing was recovered.\n{said}",
                "Mend what is named here, or leave that target out of PUBLISH_URL for now.",
            )
        try:
            click.echo(make_anew(duckrow.database, shown, app.now()))
        except Refusal as refusal:
            raise Refusal(f"Nothing was recovered: {refusal.problem}", refusal.remedy) from None
    click.echo(_NEXT.strip())
