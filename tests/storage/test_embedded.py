"""The file under an embedded ledger: taken away, replaced, or on a disk that failed."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import LedgerGone, LedgerUnavailable, OutcomeUnknown
from storage.turn import turn_of
from tests.support.telling import cause, new_database, open_incident


@pytest.fixture
def database(sqlite_url):
    with closing(new_database(sqlite_url)) as opened:
        yield opened


@pytest.fixture
def path(database):
    return Path(database.url.database)


def count(database):
    with database.read() as ledger:
        return ledger.count_incidents()


def snapshot(path, name="other.db"):
    """A whole copy of the ledger, beside it."""
    copy = path.with_name(name)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def test_nothing_is_saved_in_a_file_that_was_removed(database, path):
    open_incident(database)
    path.unlink()
    for attempt in (open_incident, count):
        with pytest.raises(LedgerUnavailable, match="file is gone"):
            attempt(database)
    assert not path.exists()


def test_a_file_that_is_put_back_is_gone_on_with(database, path):
    open_incident(database)
    away = path.rename(path.with_name("away.db"))
    with pytest.raises(LedgerUnavailable):
        open_incident(database)
    away.rename(path)
    assert open_incident(database).number == 2


def test_a_file_that_was_never_made_is_not_made_by_a_look(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path / 'ledger.db'}")) as never:
        with pytest.raises(LedgerUnavailable):
            count(never)
        never.migrate()
        assert count(never) == 0


def begin_another(path):
    """What any command does first, in a process of its own."""
    with closing(Database(f"sqlite:///{path}")) as other:
        other.ensure_ready()


def test_no_ledger_is_begun_where_one_is_away_and_what_was_saved_in_it_is_kept(database, path):
    open_incident(database)
    away = path.rename(path.with_name("away.db"))
    with pytest.raises(LedgerGone, match=r"file is gone.* still its -wal, -shm.*Put it back"):
        begin_another(path)
    away.rename(path)
    begin_another(path)
    assert count(database) == 1
    assert open_incident(database).number == 2


def test_where_all_of_it_is_taken_away_a_process_that_knew_it_begins_no_other(database, path):
    open_incident(database)
    away = path.parent / "away"
    away.mkdir()
    for one in path.parent.glob("ledger.db*"):
        one.rename(away / one.name)
    for attempt in (lambda: count(database), database.ensure_ready):
        with pytest.raises(LedgerGone, match=f"there is no ledger at {path}. Put it back."):
            attempt()
    assert not list(path.parent.glob("ledger.db*"))
    for one in away.iterdir():
        one.rename(path.parent / one.name)
    assert count(database) == 1


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-loop"])
def test_whatever_stands_beside_a_missing_file_says_that_there_was_a_ledger(tmp_path, ending):
    left, path = tmp_path / f"ledger.db{ending}", tmp_path / "ledger.db"
    left.touch()
    with pytest.raises(LedgerGone, match=f"no ledger at {path}, but still its {ending}"):
        begin_another(path)
    assert list(tmp_path.iterdir()) == [left]
    left.unlink()
    begin_another(path)
    assert path.exists()


def test_the_lock_of_the_turn_stays_to_say_that_there_was_a_ledger(database, path):
    turn = turn_of(database, lambda: None)
    assert turn.take()
    turn.close()
    database.close()
    path.unlink()
    with pytest.raises(LedgerGone, match="still its -loop"):
        begin_another(path)


def test_no_ledger_is_begun_in_an_empty_file_while_its_log_stands_beside_it(database, path):
    open_incident(database)
    log = Path(f"{path}-wal")
    kept = log.read_bytes()
    away = path.rename(path.with_name("away.db"))
    path.touch()  # as a copy begins that is brought back
    for attempt in (lambda: begin_another(path), lambda: count(database)):
        with pytest.raises(LedgerGone, match="still its -wal"):
            attempt()
    assert log.read_bytes() == kept
    away.replace(path)
    assert count(database) == 1


def test_an_empty_file_beside_the_lock_alone_is_begun_as_after_a_full_disk(tmp_path):
    path = tmp_path / "ledger.db"
    for name in ("ledger.db", "ledger.db-loop"):
        (tmp_path / name).touch()
    begin_another(path)
    assert path.stat().st_size


def test_a_folder_that_went_away_is_named(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path}/nowhere/ledger.db")) as nowhere:
        assert not nowhere.is_unmade()
        with pytest.raises(LedgerUnavailable, match=f"there is no folder {tmp_path}/nowhere$"):
            nowhere.check()


def test_another_ledger_in_its_place_is_the_one_that_is_read_and_written(database, path):
    older = snapshot(path)
    open_incident(database)
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    older.rename(path)
    assert count(database) == 0
    open_incident(database)
    with closing(sqlite3.connect(path)) as found:
        assert found.execute("SELECT count(*) FROM incident").fetchone() == (1,)


def test_whether_a_change_was_saved_is_unknown_when_its_file_was_taken_away_meanwhile(
    database, path
):
    def lose():
        with database.telling(cause()) as ledger:
            ledger.configure(name="Lost")
            path.unlink()

    with pytest.raises(OutcomeUnknown):
        lose()


@pytest.mark.hurried
def test_after_a_failed_commit_nothing_is_saved_before_the_log_is_emptied(database, path):
    open_incident(database)
    database._file.doubt()
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM page").fetchall()  # who reads an old state keeps the log
        with pytest.raises(LedgerUnavailable, match="not yet whole again"):
            open_incident(database)
    assert open_incident(database).number == 2
    log = Path(f"{path}-wal")
    assert log.stat().st_size > 0
    database._file.doubt()
    with database.write():
        assert log.stat().st_size == 0


def test_what_another_process_left_in_the_log_is_in_the_file_before_anything_is_saved(
    database, path, tmp_path
):
    open_incident(database)
    left = tmp_path / "left.db"
    for ending in ("", "-wal"):  # as a process leaves them that is killed
        shutil.copy(f"{path}{ending}", f"{left}{ending}")
    with closing(Database(f"sqlite:///{left}")) as next_one:
        with next_one.write():
            pass
        os.truncate(f"{left}-wal", 0)
        with closing(sqlite3.connect(f"file:{left}?immutable=1", uri=True)) as found:
            assert found.execute("SELECT count(*) FROM incident").fetchone() == (1,)
