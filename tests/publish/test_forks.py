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
