"""A ledger of an earlier version goes on with this one."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.core.page import PageLink
from storage import migrate
from storage.errors import WrongLedger
from tests.support.telling import cause

LOOK = ("language", "logo", "accent", "links", "ducks")


def back_to_0001(database):
    with database.engine.begin() as connection:
        for column in LOOK:
            connection.execute(text(f"ALTER TABLE page DROP COLUMN {column}"))
        connection.execute(text("ALTER TABLE incident DROP COLUMN renamed_at"))
        connection.execute(text("ALTER TABLE publication DROP COLUMN recovered"))
        connection.execute(text("ALTER TABLE delivery DROP COLUMN edit_at"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))


def test_a_page_of_the_first_version_has_the_plain_look_after_it(database):
    with database.read() as ledger:
        before = ledger.page
    back_to_0001(database)
    for or_newer in (False, True):
        with database.engine.connect() as connection, pytest.raises(WrongLedger, match="0001"):
            migrate.check(connection, or_newer=or_newer)
    database.migrate()
    with database.read() as ledger:
        assert ledger.page == before
        assert [getattr(ledger.page, name) for name in LOOK] == ["en", "", "", (), True]


def test_tables_of_a_newer_program_are_left_alone_and_told_of(database):
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for open_it in (database.migrate, database.ensure_ready, database.check):
        with pytest.raises(WrongLedger, match="newer Duckrow"):
            open_it()
    database.check(or_newer=True)  # by a process at work


def test_the_look_of_the_page_is_kept_as_it_was_set(database):
    look = {
        "language": "ar",
        "logo": "data:image/svg+xml,%3Csvg/%3E",
        "accent": "#0b57d0",
        "links": (PageLink("دعم", "https://help.example.com/"),),
        "ducks": False,
    }
    with database.telling(cause("settings")) as ledger:
        before = ledger.page
        ledger.configure(**look)
    with database.read() as ledger:
        assert replace(ledger.page, revision=0, change_id="", as_of=None) == replace(
            before, **look, revision=0, change_id="", as_of=None
        )
        assert ledger.told_since(before.revision).everything


def test_the_same_look_again_tells_nothing(database):
    look = {"language": "de", "links": (PageLink("Hilfe", "mailto:help@example.com"),)}
    for _ in range(2):
        with database.telling(cause("settings")) as ledger:
            ledger.configure(**look)
            last = ledger.tells
    assert not last
