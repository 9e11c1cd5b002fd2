"""The look at the ledger, while the ledger and the page suffer real faults."""

import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.page import Page
from bot.health import LedgerLook
from bot.health.ledger import LATE
from bot.publish import Publisher, open_target
from bot.publish.errors import PublishError
from storage.database import Database
from storage.deliveries import Backlog, Delivery, DeliveryKind
from tests.support.telling import NOON, new_database, open_incident, retract, tell

SECOND = timedelta(seconds=1)
MOMENT = timedelta(milliseconds=1)  # by which a change follows the one before


@pytest.fixture
def database(database_url):
    with closing(new_database(database_url)) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "public"


@pytest.fixture
def look(database, folder):
    return LedgerLook(database, [folder.as_uri()], NOON)


@pytest.fixture
def publish(database, folder):
    publisher = Publisher(database, open_target(folder.as_uri()))
    return lambda at=NOON: publisher.sync(at)


def test_before_the_first_look_nothing_is_claimed(look):
    assert (look.commits.ok, look.page.ok, look.seen) == (False, False, None)


def test_a_ledger_in_order_can_commit_and_its_revision_is_seen(look, publish):
    publish()
    assert not look.look(NOON), "looking leaves nothing to do"
    assert look.commits.ok
    assert look.page.ok
    assert look.seen.revision == look.seen.targets[0].revision == 1


def test_looking_tells_nothing_and_grows_nothing(look, database):
    look.look(NOON)
    before = _sizes(database)
    for _ in range(20):
        look.look(NOON)
    assert _sizes(database) == before


def _sizes(database):
    with database.read() as ledger:
        tables = ("page", "change", "request", "alembic_version")
        counts = [
            ledger.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in tables
        ]
        return counts, ledger.page.revision


# The ledger cannot commit.


@pytest.mark.hurried
def test_a_file_that_another_process_has_locked_cannot_commit(sqlite_url, folder, tmp_path):
    with closing(new_database(sqlite_url)) as database:
        look = LedgerLook(database, [folder.as_uri()], NOON)
        with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            look.look(NOON)
            assert look.commits.why == "database is locked"
            assert look.page.ok, "it can still be read"
        look.look(NOON + SECOND)
        assert look.commits.ok
        assert look.commits.since == NOON + SECOND


def test_a_file_that_became_read_only_cannot_commit(sqlite_url, folder):
    new_database(sqlite_url).close()
    read_only = Database(f"{sqlite_url.replace(':///', ':///file:')}?mode=ro&uri=true")
    with closing(read_only):
        look = LedgerLook(read_only, [folder.as_uri()], NOON)
        look.look(NOON)
        assert look.commits.why == "attempt to write a readonly database"
        assert look.page.ok, "it can still be read"


def test_a_file_without_tables_is_told_of_and_what_to_do(tmp_path, folder):
    (tmp_path / "empty.db").touch()
    with closing(Database(f"sqlite:///{tmp_path / 'empty.db'}")) as empty:
        look = LedgerLook(empty, [folder.as_uri()], NOON)
        look.look(NOON)
    assert "duckrow db upgrade" in look.commits.why
    assert look.page.why == "not known while the ledger does not answer"


def test_a_file_that_is_no_database_any_more_is_told_of(sqlite_url, folder, tmp_path):
    new_database(sqlite_url).close()
    (tmp_path / "ledger.db").write_bytes(b"quack" * 2000)
    with closing(Database(sqlite_url)) as broken:
        look = LedgerLook(broken, [folder.as_uri()], NOON)
        look.look(NOON)
    assert look.commits.why == "file is not a database"


@pytest.fixture
def postgres(postgres_url):
    with closing(new_database(postgres_url)) as opened:
        yield opened


@pytest.fixture
def postgres_look(postgres, folder):
    return LedgerLook(postgres, [folder.as_uri()], NOON)


def test_a_server_switched_to_read_only_cannot_commit(postgres, postgres_look, postgres_server):
    name = postgres.url.database
    postgres_look.look(NOON)
    assert postgres_look.commits.ok
    with _altered(postgres_server, f"DATABASE {name}", "default_transaction_read_only = on"):
        _end_sessions(postgres_server, name)
        postgres_look.look(NOON + SECOND)
        assert "read-only transaction" in postgres_look.commits.why
        assert postgres_look.seen.revision == 1
    _end_sessions(postgres_server, name)
    postgres_look.look(NOON + 2 * SECOND)
    assert postgres_look.commits.ok


@pytest.mark.hurried
def test_a_standby_that_froze_lets_nobody_commit(postgres, postgres_look, postgres_server):
    """No standby of that name answers: COMMIT waits, as it does for one that froze."""
    with _altered(postgres_server, "SYSTEM", "synchronous_standby_names = 'frozen'"):
        for number in range(3):
            postgres_look.look(NOON + number * SECOND)
            assert not postgres_look.commits.ok
        assert _waiting_for_a_standby(postgres_server) == 1, "looks do not pile up"
    postgres_look.look(NOON + 4 * SECOND)
    assert postgres_look.commits.ok


@contextmanager
def _altered(server, what, setting):
    server.admin.execute(f"ALTER {what} SET {setting}".encode())
    _reload(server, "frozen" in setting)
    try:
        yield
    finally:
        server.admin.execute(f"ALTER {what} RESET {setting.split()[0]}".encode())
        _reload(server, awaited=False)


def _reload(server, awaited):
    server.admin.execute("SELECT pg_reload_conf()")
    give_up = time.monotonic() + 10
    while bool(server.admin.execute("SHOW synchronous_standby_names").fetchone()[0]) != awaited:
        assert time.monotonic() < give_up
        time.sleep(0.02)


def _end_sessions(server, name):
    server.admin.execute(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = %s", (name,)
    )


def _waiting_for_a_standby(server):
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    return server.admin.execute(query).fetchone()[0]


def test_a_server_that_is_gone_is_told_of(free_port, folder):
    with closing(Database(f"postgresql+psycopg://u:hunter2@127.0.0.1:{free_port}/n")) as gone:
        look = LedgerLook(gone, [folder.as_uri()], NOON)
        look.look(NOON)
    assert "onnection" in look.commits.why
    assert "hunter2" not in look.commits.why
    assert look.seen is None


# The page is behind.


def test_a_change_that_nobody_publishes_is_behind_once_it_is_late(look, publish, database):
    publish()
    told = NOON + timedelta(minutes=5)
    open_incident(database, at=told)
    look.look(told + LATE)
    assert look.page.ok, "it may be on its way"
    assert look.seen.targets[0].behind(told + LATE) == LATE
    look.look(told + LATE + SECOND)
    assert look.page.why.endswith("behind: nobody publishes")
    assert look.page.since == told
    publish(told + LATE + 2 * SECOND)
    look.look(told + LATE + 3 * SECOND)
    assert look.page.ok
    assert look.seen.targets[0].behind_since is None


def test_the_first_missing_change_counts_however_many_follow(look, publish, database):
    publish()
    open_incident(database, at=NOON + SECOND)
    for minute in range(1, 5):
        tell(database, 1, at=NOON + timedelta(minutes=minute))
    look.look(NOON + timedelta(minutes=4))
    assert look.page.since == NOON + SECOND


def test_a_folder_that_cannot_be_written_is_behind_with_its_reason(look, publish, database, folder):
    folder.write_text("in the way")
    with pytest.raises(PublishError):
        publish()
    late = NOON + LATE + SECOND
    look.look(late)
    assert not look.page.ok
    assert folder.as_uri() in look.page.why
    assert look.page.since == NOON
    folder.unlink()
    publish(late)
    look.look(late + SECOND)
    assert look.page.ok


def test_publishing_that_waits_for_a_person_is_told_of_at_once(look, publish, folder, tmp_path):
    with closing(new_database(f"sqlite:///{tmp_path / 'another.db'}")) as another:
        Publisher(another, open_target(folder.as_uri())).sync(NOON)
    publish()
    look.look(NOON)
    assert look.seen.targets[0].stopped
    assert "publishing stopped: another page is published there" in look.page.why


def test_a_document_that_could_not_be_made_is_told_of(look, publish, database, folder):
    publish()
    with database.write() as ledger:
        shown = replace(ledger.publications.get(folder.as_uri()), error="x could not be rendered")
        ledger.publications.save(shown)
    look.look(NOON)
    assert look.page.why == f"{folder.as_uri()}: x could not be rendered"


def test_nothing_told_yet_is_not_behind(sqlite_url, folder):
    with closing(Database(sqlite_url)) as empty:
        empty.migrate()
        empty.begin(_page())
        look = LedgerLook(empty, [folder.as_uri()], NOON)
        look.look(NOON + timedelta(days=1))
    assert look.page.ok


def _page():
    return Page(
        id="abcdefghijkl",
        name="Coursera",
        url="http://127.0.0.1:8000/",
        about="",
        time_zone="UTC",
        headline="All our ducks are in a row.",
    )


# What Slack has not seen.


def test_the_backlog_counts_what_slack_lacks_and_how_old_it_is(look, database):
    open_incident(database, at=NOON)
    tell(database, 1, at=NOON + SECOND)
    open_incident(database, "Another", at=NOON + 2 * SECOND)
    look.look(NOON)
    assert look.seen.backlog == Backlog(2, 3, NOON + MOMENT, 0)
    _told(database, 1)
    look.look(NOON)
    assert look.seen.backlog == Backlog(1, 1, NOON + 2 * SECOND, 0)
    _told(database, 2)
    retract(database, 1, at=NOON + 3 * SECOND)
    look.look(NOON)
    assert look.seen.backlog == Backlog(1, 1, NOON + SECOND, 0), "a correction is one, too"


def _told(database, number):
    with database.write() as ledger:
        ledger.deliveries.told(number, ledger.page.revision)


def test_messages_that_slack_refuses_are_counted_while_their_incident_matters(look, database):
    incident = open_incident(database)
    refused = Delivery(
        "delivery0001", incident.id, DeliveryKind.ROOT, "C0", error="is_archived", version=9
    )
    with database.write() as ledger:
        ledger.deliveries.save(refused)
        ledger.deliveries.told(1, 99)
    look.look(NOON)
    assert look.seen.backlog.refused == 1
