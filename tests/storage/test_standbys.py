"""What a standby confirms is saved; what it does not, nobody calls so."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from storage import standbys
from storage.database import Database
from storage.engines import WAIT
from storage.errors import LedgerUnavailable, OutcomeUnknown
from tests.support.clusters import running_pair
from tests.support.telling import cause, new_database

IN_COMMIT = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture(scope="module")
def pair():
    with running_pair() as running:
        new_database(running.url()).close()
        yield running


@pytest.fixture
def database(pair):
    with closing(Database(pair.url())) as opened:
        yield opened


@pytest.fixture
def frozen(pair):
    pair.standby.freeze()
    yield
    pair.standby.thaw()
    while pair.primary.execute(f"SELECT pid {IN_COMMIT}"):  # or the next test would cancel this one
        time.sleep(0.01)


def _rename(database, name, within=WAIT):
    with database.telling(cause(), within=within) as ledger:
        ledger.configure(name=name)


def _name(database):
    with database.read() as ledger:
        return ledger.page.name


def test_whatever_the_server_is_used_to_our_commits_wait_for_its_standby(pair):
    pair.primary.set(synchronous_commit="off")
    with closing(Database(pair.url())) as fresh, fresh.read() as ledger:
        shown = ledger.connection.exec_driver_sql("SHOW synchronous_commit").scalar()
    pair.primary.set(synchronous_commit="on")
    assert shown == "remote_apply"


@pytest.mark.hurried
def test_a_commit_that_the_standby_does_not_confirm_is_unknown(database, frozen):
    with pytest.raises(OutcomeUnknown):
        _rename(database, "Unknown")


def test_a_commit_that_somebody_cancels_is_unknown_though_it_succeeds(pair, database, frozen):
    with ThreadPoolExecutor() as pool:
        committing = pool.submit(_rename, database, "Cancelled")
        while not pair.primary.execute(f"SELECT pg_cancel_backend(pid) {IN_COMMIT}"):
            time.sleep(0.01)
        with pytest.raises(OutcomeUnknown, match="replication"):
            committing.result()
    assert _name(database) == "Cancelled"


@pytest.mark.hurried
def test_what_was_unknown_is_not_called_saved_before_the_standby_has_it(pair, database, frozen):
    with ThreadPoolExecutor() as pool:
        committing = pool.submit(_rename, database, "Settled", within=20)
        while not pair.primary.execute(f"SELECT pg_cancel_backend(pid) {IN_COMMIT}"):
            time.sleep(0.01)
        with pytest.raises(OutcomeUnknown):
            committing.result()
    with pytest.raises(LedgerUnavailable), database.telling(cause()) as ledger:
        assert ledger.page.name == "Settled"  # is seen, under the lock, but not believed
    pair.standby.thaw()
    with database.telling(cause()) as ledger:
        assert ledger.page.name == "Settled"


def test_who_was_connected_to_a_primary_that_fell_silent_saves_on_the_new_one_at_once():
    with running_pair() as pair:
        with closing(new_database(pair.url())) as database:
            pair.primary.freeze()
            pair.promote()
            pair.stand_alone()
            with database.telling(cause(), within=2.5) as ledger:
                ledger.configure(name="Saved")
            assert _name(database) == "Saved"
        pair.standby.thaw()


@pytest.mark.hurried
def test_who_meets_the_lock_of_a_commit_that_an_old_primary_never_ends_leaves_it():
    with running_pair() as pair, closing(new_database(pair.url())) as database:
        old = pair.primary
        old.freeze()
        pair.promote()
        pair.stand_alone()
        old.thaw()
        with closing(Database(pair.url(old.port))) as stuck, pytest.raises(OutcomeUnknown):
            _rename(stuck, "Never committed")
        with pytest.raises(LedgerUnavailable, match="lock"):
            _rename(database, "Refused")
        _rename(database, "Saved")
        with closing(Database(pair.url(pair.primary.port))) as new:
            assert _name(new) == "Saved"


def test_only_warnings_of_the_commit_itself_raise_doubt(database):
    with database.write() as ledger:
        ledger.connection.exec_driver_sql("DO $$ BEGIN RAISE WARNING 'of something else'; END $$")
        ledger.connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")


def test_a_server_that_nobody_copies_is_called_weak_and_one_that_waits_for_nobody_stuck(
    pair, database
):
    assert database.weakness() is None
    pair.standby.kill()
    _wait_for(lambda: database.weakness() == standbys.HANGING)
    pair.stand_alone()
    _wait_for(lambda: database.weakness() == standbys.ALONE)
    pair.bring_back()
    assert database.weakness() is None


def test_an_embedded_database_has_no_standby_to_miss(sqlite_url):
    with closing(new_database(sqlite_url)) as embedded:
        assert embedded.weakness() is None


def _wait_for(condition):
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        threading.Event().wait(0.05)
