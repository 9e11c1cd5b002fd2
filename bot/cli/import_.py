"""duckrow import: an export into an empty ledger."""

from contextlib import closing
from typing import BinaryIO

import click

from bot import app
from storage import dump
from storage.database import Database


@click.command
@click.argument("file", type=click.File("rb"))
def command(file: BinaryIO) -> None:
    """Put the export FILE (- for standard input) into the ledger, which must be empty.

    All of it, or nothing. The page, the Slack threads and the targets then go on where they were.
    Stop whatever still uses the ledger it came from: two ledgers of one page are a fork.
    """
    loaded = app.tool_settings("ledger")
    export = dump.Export(file)  # what is none makes no ledger
    with closing(Database(loaded.database_url)) as database:
        database.ensure_ready()
        with database.at_length(writes=True) as ledger:
            dump.load(ledger, export)
    header, rows = export.header, sum(export.header.rows.values())
    click.echo(f"Imported {rows} rows: the page {header.page} at revision {header.revision}.")
