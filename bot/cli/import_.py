"""duckrow import: an export into an empty ledger."""

from contextlib import closing
from typing import BinaryIO

import click

from bot import app
from storage import dump
from storage.database import Database
from storage.ledger import Ledger


@click.command
@click.argument("file", type=click.File("rb"))
def command(file: BinaryIO) -> None:
    """Put the export FILE (- for standard input) into the ledger, which must be empty.

    All of it, or nothing. The page, the Slack threads and the targets then go on where they were.
    Stop whatever still uses the ledger it came from: two ledgers of one page are a fork.
    """
    with closing(Database(app.tool_settings("ledger").database_url)) as database:
        database.ensure_ready()
        with database.at_length(writes=True) as ledger:
            header = dump.load(ledger, file)
            _look_before_posting(ledger, header)
    rows = sum(header.rows.values())
    click.echo(f"Imported {rows} rows: the page {header.page} at revision {header.revision}.")


def _look_before_posting(ledger: Ledger, header: dump.Header) -> None:
    """What the export had not told Slack yet, the ledger that it came from may have told since."""
    for number in ledger.deliveries.untold(limit=header.rows["incident"]):
        if incident := ledger.incident(number):
            ledger.deliveries.look_for(incident)
