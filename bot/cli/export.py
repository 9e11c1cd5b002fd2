"""duckrow export: the whole ledger as JSON lines."""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import click

from bot import app
from bot.core.errors import Refusal
from storage import dump
from storage.database import Database

STDOUT = Path("-")


@click.command
@click.argument(
    "file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), default=STDOUT
)
def command(file: Path) -> None:
    """Write the whole ledger to FILE as JSON lines (- or nothing: standard output).

    It is one snapshot, taken while the bot runs. FILE appears when it is whole, readable by its
    owner alone. `duckrow import` puts it into an empty ledger of either kind.
    """
    with (
        _ledger() as database,
        database.at_length(writes=False) as ledger,
        closing(dump.lines(ledger)) as lines,
    ):
        if file == STDOUT:
            _print(lines)
        else:
            _write(lines, file)


@contextmanager
def _ledger() -> Iterator[Database]:
    """The ledger that is there: an export makes no database, and migrates none."""
    with closing(Database(app.tool_settings("ledger").database_url)) as database:
        file = database.url.database or ""
        if database.is_sqlite and not Path(file).exists():
            raise Refusal(f"There is no ledger at {file}.", "Check DATABASE_URL.")
        database.check()
        yield database


def _print(lines: Iterable[bytes]) -> None:
    # Its own buffer, as what cannot be written must not be tried again when the process ends.
    out = os.fdopen(sys.stdout.fileno(), "wb", closefd=False)
    with _disk("standard output"), out:
        out.writelines(lines)


def _write(lines: Iterable[bytes], file: Path) -> None:
    if file.exists() and not file.is_file():  # a device or a pipe would be replaced, not written
        raise Refusal(f"{file} is no ordinary file.", f"Write: duckrow export - > {file}")
    with _disk(str(file)), _whole(file.resolve()) as new:
        new.writelines(lines)


@contextmanager
def _whole(file: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when all of it is on the disk; until then, what was there is."""
    folder, prefix = file.parent, f".{file.name}."
    with tempfile.NamedTemporaryFile(dir=folder, prefix=prefix, delete=False) as beside:
        try:
            yield beside
            beside.flush()
            os.fsync(beside.fileno())
            Path(beside.name).replace(file)
        finally:
            Path(beside.name).unlink(missing_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


@contextmanager
def _disk(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refusal(
            f"The export was not written to {name}: {error.strerror}.",
            "Nothing of it was kept. Make room there, or name another file.",
        ) from error
