"""The whole ledger leaves as JSON lines, and comes back as it was, on either database."""

import json
import tempfile
from contextlib import closing

import pytest
from hypothesis import given, settings
from sqlalchemy import select

from bot.core.errors import Refusal
from storage import dump, schema
from storage.database import Database
from storage.dump import form
from tests.support.exports import exported, forged, imported, is_empty, said, sealed
from tests.support.stories import STORY, stories, tell_story
from tests.support.telling import new_database, open_incident

NAMES = [table.name for table in form.TABLES]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_ledger_comes_back_byte_for_byte_on_either_database(told, empty, kind):
    export = exported(told)
    other = empty(kind)
    header = imported(other, export)
    assert exported(other) == export
    assert (header.schema, sum(header.rows.values())) == (schema.HEAD, len(said(export)) - 2)
    with told.read() as before, other.read() as after:
        assert list(after.every_incident()) == list(before.every_incident())
        assert (after.page, after.components) == (before.page, before.components)


@given(stories)
@settings(max_examples=15, deadline=None)
def test_any_story_comes_back_byte_for_byte(story):
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(new_database(f"sqlite:///{folder}/told.db")) as told,
        closing(Database(f"sqlite:///{folder}/other.db")) as other,
    ):
        tell_story(told, story)
        other.migrate()
        export = exported(told)
        imported(other, export)
        assert exported(other) == export


def test_every_table_is_exported_after_those_it_refers_to():
    assert {table.name for table in schema.metadata.sorted_tables} == set(NAMES)
    for position, table in enumerate(form.TABLES):
        referred = {key.column.table.name for key in table.foreign_keys} - {table.name}
        assert referred <= set(NAMES[:position])


def test_every_column_but_the_reply_urls_is_exported():
    left_out = {
        f"{column}"
        for table in form.TABLES
        for column in table.c
        if column not in form.columns(table)
    }
    assert left_out == {"request.reply_url"}


def test_no_reply_url_leaves_the_ledger(told):
    with told.read() as ledger:
        assert ledger.connection.execute(select(schema.request.c.reply_url)).first()[0]
    assert b"secret" not in exported(told)


def test_an_export_is_ascii_and_a_line_a_row(told):
    export = exported(told)
    export.decode("ascii")
    lines = export.decode().split("\n")
    assert len(export.decode().splitlines()) == len(lines) - 1
    assert [json.loads(line) for line in lines[:-1]]


def test_an_export_is_one_snapshot_whatever_is_told_meanwhile(told):
    with told.at_length(writes=False) as ledger, closing(dump.lines(ledger)) as lines:
        header = json.loads(next(lines))
        open_incident(told)
        rows = [json.loads(line) for line in lines][:-1]
    counted = {name: sum(name in row for row in rows) for name in NAMES}
    assert counted == header["rows"]
    assert len(STORY) == counted["incident"]


def test_an_empty_ledger_gives_no_export(empty):
    with pytest.raises(Refusal, match="empty"):
        exported(empty("sqlite"))


def test_a_ledger_that_holds_anything_takes_no_export(told, database_url):
    export = exported(told)
    with pytest.raises(Refusal, match="not empty"):
        imported(told, export)
    assert exported(told) == export


@ON_SQLITE
def test_an_export_cut_anywhere_is_refused_and_leaves_nothing(told, empty):
    export, other = exported(told), empty("sqlite")
    cuts = {*range(0, len(export), 997), *range(len(export) - 130, len(export))}
    for cut in cuts:
        with pytest.raises(Refusal):
            imported(other, export[:cut])
    assert is_empty(other)


@ON_SQLITE
def test_an_export_with_any_byte_changed_is_refused(told, empty):
    export, other = exported(told), empty("sqlite")
    for at in range(0, len(export), 397):
        damaged = export[:at] + bytes([export[at] ^ 1]) + export[at + 1 :]
        with pytest.raises(Refusal):
            imported(other, damaged)
    with pytest.raises(Refusal):
        imported(other, export + b"\n")
    assert is_empty(other)


@pytest.mark.parametrize(
    ("table", "values", "why"),
    [
        ("page", {"revision": 7}, "announced"),
        ("page", {"change_id": "z" * 12}, "newest change"),
        ("page", {"next_number": 1}, "still to be given"),
        ("page", {"id": "z" * 12}, "announced"),
        ("page", {"ducks": 1}, "neither true nor false"),
        ("page", {"links": [["x"]]}, "no list of links"),
        ("page", {"as_of": "2013-02-22T20:00:00"}, "without its zone"),
        ("page", {"name": None}, "no text"),
        ("component", {"start_date": "soon"}, "component.start_date"),
        ("component", {"group_id": "z" * 12}, "contradicts itself"),
        ("incident", {"number": True}, "no whole number"),
        ("incident", {"number": 2**31}, "no whole number"),
        ("incident", {"phase": "quacking"}, "quacking"),
        ("incident", {"extra": 1}, "columns are not those"),
        ("incident", {"id": "z" * 12}, "contradicts itself"),
        ("incident_update", {"text": "\0"}, "no database can hold"),
        ("incident_update", {"text": "\ud800"}, "no database can hold"),
        ("change", {"before": "{"}, "change.before"),
        ("request", {"reply_url": "https://hooks.example.com/"}, "columns are not those"),
    ],
)
def test_rows_that_no_ledger_holds_are_refused_though_sealed(told, empty, table, values, why):
    other = empty(told.url.get_backend_name())
    with pytest.raises(Refusal, match=why):
        imported(other, forged(exported(told), table, **values))
    assert is_empty(other)


@ON_SQLITE
@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"schema": "9999"}, "newer Duckrow"),
        ({"version": 2}, "newer Duckrow"),
        ({"schema": "0000"}, "older Duckrow"),
        ({"format": "something"}, "no export"),
        ({"rows": 3}, "no export"),
        ({"rows": {}}, "announced"),
    ],
)
def test_a_header_of_another_kind_is_told_plainly(told, empty, header, why):
    first, *rows = said(exported(told))[:-1]
    with pytest.raises(Refusal, match=why):
        imported(empty("sqlite"), sealed([first | header, *rows]))


@pytest.mark.parametrize("file", [b"", b"\n", b"{}\n", b"x" * 20_000, b"[" * 9_000 + b"\n"])
def test_another_kind_of_file_is_told_to_be_one(empty, file):
    with pytest.raises(Refusal, match="no export"):
        imported(empty("sqlite"), file)


@ON_SQLITE
def test_rows_out_of_their_order_are_refused(told, empty):
    header, page, *rows = said(exported(told))[:-1]
    with pytest.raises(Refusal, match="at this place"):
        imported(empty("sqlite"), sealed([header, *rows, page]))
