"""What another copy of the ledger published is never written over by one that does not know it."""

from contextlib import closing, contextmanager

import pytest

from bot.core.text import to_plain
from bot.publish import Publisher, open_target
from tests.support.copies import copy_of
from tests.support.telling import open_incident, tell


@pytest.fixture
def copy(desk, tmp_path):
    """Another copy of the ledger, as of when the page showed one incident."""
    open_incident(desk.database, at=desk.now())
    desk.sync()
    with closing(copy_of(desk.database, tmp_path / "copy.db")) as other:
        yield other


def publisher_of(database, desk) -> Publisher:
    return Publisher(database, open_target(str(desk.root)), "program 1")


def standing(database):
    with database.read() as ledger:
        return [to_plain(each.text) for one in ledger.every_incident() for each in one.standing]


def test_what_another_copy_publishes_in_the_last_moment_is_taken_back_first(desk, copy):
    """Even where its revision is an older one than ours."""
    tell(copy, 1, text="Told there.", at=desk.now())
    for text in ("Told here.", "Told here, too."):
        tell(desk.database, 1, text=text, at=desk.now())
    target, theirs = desk.publisher._target, publisher_of(copy, desk)
    real = target.writing

    @contextmanager
    def late(*asked, **said):
        target.writing = real
        assert theirs.sync(desk.now())
        with real(*asked, **said) as writer:
            yield writer

    target.writing = late
    assert not desk.sync()
    assert desk.sync()
    assert "Told there." in standing(desk.database)
    assert "Told there." in desk.site.home.text
    assert "Told here, too." in desk.site.home.text


def test_a_page_that_was_taken_over_by_an_older_copy_takes_nothing_from_the_newer(desk, copy):
    for text in ("One.", "Two.", "Three."):
        tell(desk.database, 1, text=text, at=desk.now())
        desk.sync()
    publisher_of(copy, desk).full(desk.now(), take_over=True)
    tell(copy, 1, text="From the older copy.", at=desk.now())
    publisher_of(copy, desk).sync(desk.now())
    assert desk.sync()
    told = ["We see an outage.", "One.", "Two.", "Three.", "From the older copy."]
    assert standing(desk.database) == told
    assert "Three." in desk.site.home.text


def test_even_once_the_page_has_passed_what_the_newer_had_published(desk, copy):
    """A file of it that was left there all the same proves nothing."""
    tell(desk.database, 1, text="Only the newer knows.", at=desk.now())
    open_incident(desk.database, "Only the newer's", at=desk.now())
    desk.sync()
    left = desk.site.marker
    before = {path: path.read_bytes() for path in desk.root.glob("api/v2/incidents/*.json")}
    older = publisher_of(copy, desk)
    older.full(desk.now(), take_over=True)
    for path in before.keys() - set(desk.root.glob("api/v2/incidents/*.json")):
        path.write_bytes(before[path])
    for text in ("One.", "Two.", "Three.", "Four."):
        tell(copy, 1, text=text, at=desk.now())
        older.sync(desk.now())
    assert desk.site.marker["revision"] > left["revision"]
    assert desk.site.marker["over"] == left["revision"]
    assert desk.site.marker["over_change_id"] == left["change_id"]
    assert desk.sync()
    told = ["We see an outage.", "Only the newer knows.", "One.", "Two.", "Three.", "Four."]
    assert standing(desk.database) == [*told, "We see an outage."]
    assert "Only the newer knows." in desk.site.home.text
    assert "over" not in desk.site.marker
    tell(desk.database, 1, text="It goes on.", at=desk.now())
    assert desk.sync()


def test_taking_over_once_more_leaves_the_trace_of_what_was_taken_over_first(desk, copy):
    tell(desk.database, 1, text="Only the newer knows.", at=desk.now())
    desk.sync()
    left = desk.site.marker["revision"]
    for _ in range(2):
        publisher_of(copy, desk).full(desk.now(), take_over=True)
    assert desk.site.marker["over"] == left
