"""Reading an export, line by line, believing nothing."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import Column, Table

from bot.core.errors import Refusal
from storage.dump import form
from storage.schema import HEAD

NOTHING_CHANGED = "Nothing was changed. Take another copy of the export, as it was written."
_LONGEST_HEADER = 10_000  # bytes; what is longer is another kind of file
_TABLES = {table.name: (position, table) for position, table in enumerate(form.TABLES)}

Row = dict[str, Any]


@dataclass(frozen=True)
class Header:
    """What an export says of itself."""

    schema: str
    page: str
    revision: int
    rows: Mapping[str, int]  # by table


class Export:
    """An export being read. Whatever is wrong with it is a Refusal that names the line."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._number = 0
        self._counted: Counter[str] = Counter()
        self.header = _header(self._next(_LONGEST_HEADER))

    def rows(self) -> Iterator[tuple[Table, Row]]:
        """Every row in its order; ends only when the file is whole."""
        last = 0
        while True:
            digest = self._digest.hexdigest()
            name, said = self._pair(self._next())
            if name == form.END:
                return self._require_whole(said, digest)
            position, table = _TABLES.get(name, (-1, None))
            if table is None or position < last:
                raise self._wrong("there is no such table at this place")
            last = position
            self._counted[name] += 1
            yield table, self._row(table, said)

    def _next(self, most: int = -1) -> Any:
        line = self._stream.readline(most)
        if not line.endswith(b"\n"):
            raise self._wrong("it is cut off") if self._number else _no_export()
        self._number += 1
        self._digest.update(line)
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            raise self._wrong("it cannot be read") if self._number > 1 else _no_export() from None

    def _pair(self, said: Any) -> tuple[str, Any]:
        if not isinstance(said, dict) or len(said) != 1:
            raise self._wrong("it is no row")
        (pair,) = said.items()
        return pair

    def _row(self, table: Table, said: Any) -> Row:
        columns = {column.name: column for column in form.columns(table)}
        if not isinstance(said, dict) or not self._fits(said.keys(), columns):
            raise self._wrong(f"its columns are not those of {table.name}")
        return {name: self._value(columns[name], value) for name, value in said.items()}

    def _fits(self, named: Any, columns: Mapping[str, Column[Any]]) -> bool:
        missing = columns.keys() - named
        if self.header.schema < HEAD:
            missing = {name for name in missing if not _may_be_missing(columns[name])}
        return not missing and not named - columns.keys()

    def _value(self, column: Column[Any], said: Any) -> Any:
        try:
            if said is None and column.nullable:
                return None
            value = form.way(column).read(said)
            if words := form.VOCABULARY.get(column):
                words(value)
            if column in form.JSON_TEXTS:
                json.loads(value)
        except (ValueError, RecursionError) as error:
            raise self._wrong(f"{column}: {error}") from None
        return value

    def _require_whole(self, said: Any, digest: str) -> None:
        if said != {"lines": self._number - 1, "sha256": digest} or self._stream.read(1):
            raise self._wrong("it is not as it was written: its checksum is another")
        if self._counted != Counter(self.header.rows):
            raise self._wrong("it has not the rows that it announced")

    def _wrong(self, what: str) -> Refusal:
        return Refusal(
            f"This export cannot be used: {what} (line {self._number}).", NOTHING_CHANGED
        )


def _header(said: Any) -> Header:
    if not isinstance(said, dict) or said.get("format") != form.FORMAT:
        raise _no_export()
    if said.get("version") != form.VERSION or str(said.get("schema")) > HEAD:
        raise Refusal(
            f"This export was made by a newer Duckrow (tables {said.get('schema')}); "
            f"this one knows {HEAD}.",
            "Nothing was changed. Import it with the version that made it, or a newer one.",
        )
    if str(said.get("schema")) < form.OLDEST:
        raise Refusal(
            f"This export was made by an older Duckrow (tables {said.get('schema')}); "
            f"this one reads {form.OLDEST} and newer.",
            "Import it with the version that made it, then upgrade: duckrow db upgrade",
        )
    return _as_header(said)


def _as_header(said: Mapping[str, Any]) -> Header:
    header = Header(*(said.get(name) for name in ("schema", "page", "revision", "rows")))  # type: ignore[arg-type]
    types = (type(header.schema), type(header.page), type(header.revision), type(header.rows))
    if types != (str, str, int, dict):
        raise _no_export()
    return header


def _may_be_missing(column: Column[Any]) -> bool:
    """In an older export: the migration that added it left it empty, or gave it its default."""
    return bool(column.nullable or column.server_default is not None)


def _no_export() -> Refusal:
    return Refusal("This is no export of a ledger.", "Name a file that `duckrow export` wrote.")
