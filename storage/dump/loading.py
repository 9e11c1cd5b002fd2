"""Putting an export into an empty ledger: all of it, or nothing."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, Table, and_, exc, exists, func, insert, or_, select

from bot.core.errors import Refusal
from storage import schema
from storage.dump import form
from storage.dump.reading import NOTHING_CHANGED, Export, Header, Row
from storage.ledger import Ledger

_AT_ONCE = 500  # rows

_highest = select(func.max(schema.incident.c.number)).scalar_subquery()
_newest = select(func.max(schema.change.c.revision)).scalar_subquery()
_own_change = exists().where(
    schema.change.c.revision == schema.page.c.revision,
    schema.change.c.id == schema.page.c.change_id,
)
# What no ledger holds, though each row may look right; a row found means that this one does.
_CONTRADICTIONS: dict[str, Select[Any]] = {
    "an incident has no update": select(schema.incident.c.id).where(
        ~exists().where(schema.incident_update.c.incident_id == schema.incident.c.id)
    ),
    "an incident has a number that is still to be given": select(schema.page.c.row).where(
        _highest >= schema.page.c.next_number
    ),
    "the page's revision is not its newest change's": select(schema.page.c.row).where(
        or_(
            schema.page.c.revision != func.coalesce(_newest, 0),
            and_(schema.page.c.revision > 0, ~_own_change),
        )
    ),
}


def load(ledger: Ledger, export: Export) -> None:
    """Store every row of an export. Raises Refusal, and then nothing may be committed."""
    _require_empty(ledger)
    try:
        for table, batch in _batches(export.rows()):
            ledger.connection.execute(insert(table), batch)
    except (exc.IntegrityError, exc.DataError) as error:
        raise _contradicts(str(error.orig).strip().splitlines()[0]) from error
    _require_consistent(ledger, export.header)


def _require_empty(ledger: Ledger) -> None:
    for table in form.TABLES:
        if ledger.connection.execute(select(table.primary_key.columns[0]).limit(1)).first():
            raise Refusal(
                "This ledger is not empty: an export replaces nothing and is added to nothing.",
                "Name a new database in DATABASE_URL; SQLite makes the file itself, PostgreSQL "
                "wants createdb and duckrow db upgrade.",
            )


def _batches(rows: Iterable[tuple[Table, Row]]) -> Iterator[tuple[Table, list[Row]]]:
    for table, same in groupby(rows, key=itemgetter(0)):
        each = (row for _, row in same)
        while batch := list(islice(each, _AT_ONCE)):
            yield table, batch


def _require_consistent(ledger: Ledger, header: Header) -> None:
    if not ledger.has_page() or (ledger.page.id, ledger.page.revision) != (
        header.page,
        header.revision,
    ):
        raise _contradicts("its page is not the one it announced")
    for said, query in _CONTRADICTIONS.items():
        if ledger.connection.execute(query.limit(1)).first():
            raise _contradicts(said)


def _contradicts(what: str) -> Refusal:
    return Refusal(f"This export contradicts itself: {what}.", NOTHING_CHANGED)
