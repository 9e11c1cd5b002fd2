"""Who stands still in the middle of a transaction holds the page's lock, but not for long."""

import time
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from storage import engines
from storage.database import Database
from storage.errors import LedgerUnavailable
from tests.support.postgres import Postgres

pytestmark = pytest.mark.hurried

_LATE = text("INSERT INTO late SELECT :number FROM pg_sleep(0.05)")  # answered after a while


@pytest.fixture
def impatient(postgres_url, monkeypatch):
    """A server that ends a transaction which is idle for half a second."""
    options = engines._LIMITS.replace("session_timeout=5000", "session_timeout=500")
    monkeypatch.setitem(engines._OURS, "options", options)
    unhurried: Any = Database._transaction
    monkeypatch.setitem(unhurried.__wrapped__.__kwdefaults__, "within", 60.0)
    with closing(Database(postgres_url)) as opened:
        yield opened


@pytest.mark.parametrize("rows", [1, 3])
def test_the_server_ends_an_idle_transaction_whatever_was_sent_last(
    impatient, rows, postgres_server
):
    with pytest.raises(LedgerUnavailable, match="idle"):
        _stand_still_after(impatient, rows, postgres_server)


def _stand_still_after(database: Database, rows: int, server: Postgres) -> None:
    query = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
    give_up = time.monotonic() + 30
    with database.write() as ledger:
        ledger.connection.exec_driver_sql("CREATE TABLE late (number integer)")
        ledger.connection.execute(_LATE, [{"number": number} for number in range(rows)])
        while server.admin.execute(query, (database.url.database,)).fetchone():
            assert time.monotonic() < give_up, "it is not ended"
            time.sleep(0.05)
        ledger.connection.exec_driver_sql("SELECT 1")


def test_the_server_looks_whether_whoever_fell_silent_amid_a_statement_is_still_there(impatient):
    """No clock of its own runs while the rest of a statement is to come."""
    with impatient.read() as ledger:
        shown = [
            ledger.connection.exec_driver_sql(f"SHOW tcp_keepalives_{name}").scalar()
            for name in ("idle", "interval", "count")
        ]
    assert shown == ["2", "1", "3"]
