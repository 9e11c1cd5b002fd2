"""An object store as a target: what is put there, and that nothing older ever replaces newer."""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import Refusal
from bot.core.status import ComponentStatus
from bot.publish import Access, Publisher, TargetError, open_target
from bot.publish.documents import DOCUMENTS
from bot.publish.errors import Outrun
from bot.publish.headers import headers_of
from bot.publish.marker import Marker, parse
from bot.publish.targets import File, bucket, s3
from bot.publish.targets.s3 import S3Writer
from storage.database import Database
from storage.publications import Published
from tests.publish.conftest import Desk
from tests.support.copies import copy_of
from tests.support.s3 import KEY, Road, Store, new_bucket, road_to, running_s3
from tests.support.telling import NOON, cause, new_database, open_incident, tell

MARKER = ".duckrow/revision.json"
SHOWN = Marker("page", 5, "change 5", "program", time=NOON, checked_at=NOON)


class Shop(Desk):
    """A desk that publishes into a bucket, over a road that can fail."""

    def __init__(self, database: Database, store: Store, road: Road) -> None:
        self.store = store
        self.road = road
        super().__init__(database, root=None)  # type: ignore[arg-type]

    def new_publisher(self, program: str = "program 1", database: Database | None = None):
        return Publisher(database or self.database, self.new_target(), program)

    def new_target(self, **said):
        access = replace(self.store.access, endpoint=self.road.endpoint)
        return open_target(self.store.url, access, **said)

    @property
    def target(self) -> str:
        return self.store.url

    def fail(self, way, *, method="PUT", path=None, times=10**6):
        """Let requests go that way, the first so many of those that are meant."""
        left = [times]
        lock = threading.Lock()

        def fault(request):
            with lock:
                if request.method != method or path not in (None, request.path) or not left[0]:
                    return "pass"
                left[0] -= 1
                return way

        self.road.fault = fault

    def heal(self):
        self.road.heal()

    def tell(self, number=1, text="Something new."):
        return tell(self.database, number, text=text, at=self.now())

    def shown(self, *paths):
        """The revisions that readers see there."""
        return {self.store.revision(path) for path in paths or self.store.paths() - {MARKER}}


@pytest.fixture
def road(s3_endpoint) -> Iterator[Road]:
    with road_to(s3_endpoint) as opened:
        yield opened


@pytest.fixture
def shop(database, bucket, road) -> Shop:
    open_incident(database)
    return Shop(database, bucket, road)


def intending(revision, change=None):
    return replace(SHOWN, revision=revision, change_id=change or f"change {revision}")


def a_file(revision, path="index.html", etag=None, words=""):
    body = f"<p>revision {revision}</p>{words}".encode()
    return File(path, body, "text/html", "no-cache", revision, etag)


def put(target, revision, *, base=None, change=None, etag=None):
    """A page of one file, without its marker."""
    with target.writing(base, intending(revision, change)) as writer:
        return writer.put([a_file(revision, etag=etag, words=change or "")])


# --- what is there


def test_the_first_publication_puts_what_a_folder_would_hold(shop, desk):
    assert shop.sync()
    desk.sync()
    assert shop.store.paths() == desk.site.paths() | {MARKER}
    assert shop.store.read("index.html") == desk.site.read("index.html")


def test_every_object_says_what_it_is_and_its_revision(shop):
    shop.sync()
    revision = shop.publication().revision
    said = {one.path: headers_of(one) for one in DOCUMENTS if "{}" not in one.path}
    for path, headers in said.items():
        found = shop.store.get(path)
        assert found["ContentType"] == headers["Content-Type"], path
        assert found["CacheControl"] == headers["Cache-Control"], path
        assert found["Metadata"]["revision"] == str(revision), path
    marker = shop.store.get(MARKER)
    assert marker["ContentType"] == "application/json; charset=utf-8"
    assert marker["CacheControl"] == "no-cache"


def test_an_update_puts_each_document_once_in_three_waves(shop):
    shop.sync()
    shop.tell()
    shop.road.seen.clear()
    assert shop.sync()
    puts = [one.path for one in shop.road.seen]
    assert {one.method for one in shop.road.seen} == {"PUT"}  # nobody has to look first
    assert len(puts) == len(set(puts))
    assert puts[-2:] == ["index.html", MARKER]
    assert shop.shown("index.html", "history.atom") == {shop.publication().revision}


def test_syncing_again_asks_nothing_but_whether_the_marker_is_as_it_was(shop, monkeypatch):
    shop.sync()
    shop.road.seen.clear()
    assert not shop.sync()
    assert shop.road.seen == []
    monkeypatch.setattr(s3, "TRUSTED", 0)
    assert not shop.sync()
    assert [(one.method, one.path) for one in shop.road.seen] == [("GET", MARKER)]


def test_a_day_without_news_still_says_that_somebody_looked(shop):
    shop.sync()
    before = shop.store.read(MARKER)
    shop.publisher.sync(shop.now() + timedelta(minutes=6))
    after = parse(shop.store.read(MARKER))
    assert after.checked_at > parse(before).checked_at
    assert after.revision == parse(before).revision


def test_compressed_twins_are_not_made(shop):
    target = shop.new_target()
    Publisher(shop.database, target, "program 1", compressed=("gzip", "brotli")).sync(shop.now())
    assert not [path for path in shop.store.paths() if path.endswith((".gz", ".br"))]


def test_a_full_publication_removes_what_is_ours_and_not_due_and_nothing_else(shop):
    shop.sync()
    shop.store.put("theirs.html", b"not ours")
    gone = File("incidents/gone/index.html", b"<p>", "text/html", "no-cache", 1)
    with shop.new_target().writing(shop.publisher._target.marker(), intending(9)) as writer:
        writer.put([gone])
    shop.publisher._records.wrote([Published(gone.path, "", gone.revision)])
    shop.publisher.full(shop.now())
    assert "incidents/gone/index.html" not in shop.store.paths()
    assert shop.store.read("theirs.html") == b"not ours"


def test_a_file_can_be_read_back_and_listed(shop):
    shop.sync()
    target = shop.new_target()
    assert target.read("index.html") == shop.store.read("index.html")
    assert target.read("nothing.html") is None
    listed = set(target.list("api/v2/"))
    assert listed == {path for path in shop.store.paths() if path.startswith("api/v2/")}
    assert set(target.list("api/v2/incidents/")) < listed
    assert set(target.list("api/v2/inc")) == {
        path for path in listed if path.startswith("api/v2/inc")
    }
    assert list(target.list("nowhere/")) == []


# --- whose page it is


def test_another_pages_objects_are_left_alone_until_they_are_taken_over(shop, tmp_path):
    shop.sync()
    before = shop.store.read("index.html")
    other = Shop(new_database(f"sqlite:///{tmp_path / 'other.db'}"), shop.store, shop.road)
    open_incident(other.database)
    assert not other.sync()
    assert other.publication().stopped
    with pytest.raises(Refusal, match="another page"):
        other.publisher.full(other.now())
    assert shop.store.read("index.html") == before
    assert other.publisher.full(other.now(), take_over=True)
    assert parse(shop.store.read(MARKER)).page != parse(before).page
    assert other.shown() == {other.publication().revision}
    assert set(other.publisher._target.list("")) == {*other.documents(), MARKER}
    other.database.close()


def test_whoever_takes_over_removes_what_is_of_a_newer_revision_too(shop, other):
    """What stayed would stand in the way of their own, and publishing would stop some day."""
    for _ in range(8):
        shop.tell()
    open_incident(shop.database, "Theirs", at=NOON + timedelta(days=40))
    shop.publisher.sync(NOON + timedelta(days=40))
    open_incident(other.database, "Ours", at=other.now())
    assert other.publisher.full(other.now(), take_over=True)
    assert shop.store.paths() == {*other.documents(), MARKER}
    later = NOON + timedelta(days=41)  # in the month that theirs was in
    open_incident(other.database, "We are down", at=later)
    assert other.publisher.sync(later)


def test_an_older_copy_that_takes_over_removes_what_only_the_newer_had(shop, tmp_path):
    shop.sync()
    with closing(copy_of(shop.database, tmp_path / "copy.db")) as copy:
        for _ in range(8):
            shop.tell()
        open_incident(shop.database, "Only the newer's", at=shop.now())
        shop.sync()
        assert shop.new_publisher(database=copy).full(shop.now(), take_over=True)
        with copy.read() as ledger:
            ours = ledger.publications.documents(shop.target)
        assert shop.store.paths() == {*ours, MARKER}


def test_keys_that_no_document_has_are_nobodys_business_to_whoever_takes_over(shop, other):
    shop.sync()
    for key in ("a//b", "./x", "folder/"):
        shop.store.put(key, b"")
    open_incident(other.database, at=other.now())
    assert other.publisher.full(other.now(), take_over=True)


def test_taking_over_a_page_that_is_in_order_writes_over_nobody_newer(shop, monkeypatch):
    shop.sync()
    theirs, real = shop.new_publisher(), S3Writer.put

    def put(self, files):
        if files[0].path == "index.html" and not told:
            told.append(shop.tell(text="Newer."))
            assert theirs.sync(shop.now())
        return real(self, files)

    told: list[object] = []
    monkeypatch.setattr(S3Writer, "put", put)
    assert not shop.publisher.full(shop.now(), take_over=True)
    assert told
    assert shop.shown("index.html", MARKER) == {shop.publication().revision}


@pytest.fixture
def other(shop, tmp_path) -> Iterator[Shop]:
    """The shop of another page, in the same bucket."""
    with closing(new_database(f"sqlite:///{tmp_path / 'other.db'}")) as database:
        yield Shop(database, shop.store, shop.road)


def test_a_marker_that_cannot_be_read_is_nobodys(shop):
    shop.sync()
    shop.store.put(MARKER, b"<html>")
    shop.tell()
    publisher = shop.new_publisher()
    assert not publisher.sync(shop.now())
    assert shop.publication().stopped
    publisher.full(shop.now(), take_over=True)
    assert parse(shop.store.read(MARKER)).revision == shop.publication().revision


def test_what_somebody_put_by_hand_is_replaced(shop):
    shop.sync()
    shop.store.put("index.html", b"<p>by hand")
    shop.tell()
    assert shop.sync()
    assert shop.shown() == {shop.publication().revision, *shop.shown()}
    assert shop.store.revision("index.html") == shop.publication().revision


def test_a_lost_marker_means_a_full_publication(shop):
    shop.sync()
    shop.store.delete(MARKER)
    assert shop.new_publisher().sync(shop.now())
    assert parse(shop.store.read(MARKER)).revision == shop.publication().revision


# --- the fence


def test_the_older_of_two_publishers_changes_nothing(shop):
    target, late = shop.new_target(), shop.new_target()
    put(target, 5)
    put(target, 7)
    with pytest.raises(Outrun):
        put(late, 6)
    assert shop.store.revision("index.html") == 7


def test_an_etag_that_is_remembered_wrongly_makes_nobody_older(shop):
    target = shop.new_target()
    (old,) = put(target, 5)
    put(target, 7)
    put(target, 8, etag=old)
    assert shop.store.revision("index.html") == 8
    with pytest.raises(Outrun):
        put(shop.new_target(), 6, etag=old)
    assert shop.store.revision("index.html") == 8


def test_whoever_finds_something_newer_leaves_word_of_it_in_the_marker(shop):
    put(shop.new_target(), 7)  # and then it was killed: no marker tells of it
    with pytest.raises(Outrun):
        put(shop.new_target(), 6)
    marker = parse(shop.store.read(MARKER))
    assert (marker.revision, marker.next, marker.next_change_id) == (0, 7, "change 7")


def test_a_revision_that_another_ledger_made_too_is_not_written_over(shop):
    put(shop.new_target(), 7, change="of the ledger that was lost")
    with pytest.raises(Outrun):
        put(shop.new_target(), 7, change="of the older copy")
    marker = parse(shop.store.read(MARKER))
    assert (marker.next, marker.next_change_id) == (7, "of the ledger that was lost")


def test_what_was_cut_off_is_finished_by_the_next_one(shop):
    put(shop.new_target(), 7)
    put(shop.new_target(), 7)
    put(shop.new_target(), 8)
    assert shop.store.revision("index.html") == 8


def test_a_marker_is_never_put_over_a_newer_one(shop):
    target = shop.new_target()
    with target.writing(None, SHOWN) as writer:
        writer.mark(SHOWN)
    slow = shop.new_target()
    with slow.writing(slow.marker(), intending(6)) as late:
        with target.writing(SHOWN, intending(7)) as writer:
            writer.mark(intending(7))
        with pytest.raises(Outrun):
            late.mark(intending(6))
    assert parse(shop.store.read(MARKER)).revision == 7


def test_nothing_newer_is_deleted(shop):
    target = shop.new_target()
    put(target, 7)
    with shop.new_target().writing(None, intending(6)) as writer:
        writer.delete(["index.html", "nothing.html"])
    assert shop.store.revision("index.html") == 7


def test_no_document_has_the_same_bytes_at_two_revisions(desk):
    """Else its ETag would come back, and with it a stale publisher's leave to write."""
    open_incident(desk.database, statuses={"www": ComponentStatus.PARTIAL_OUTAGE})
    desk.sync()
    before = desk.site.all_bytes()
    with desk.database.telling(cause("settings")) as ledger:  # at the same moment
        ledger.configure(fingerprint="another")
    desk.publisher.full(desk.now())
    after = desk.site.all_bytes()
    assert {path for path in before if before[path] == after[path]} == set()


# --- faults on the way


@pytest.mark.parametrize("way", ["deaf", "late", "torn", "refuse", "503"])
@pytest.mark.parametrize("path", ["index.html", MARKER, "history.atom"])
def test_a_put_whose_outcome_is_unknown_is_looked_at_and_finished(shop, way, path):
    shop.sync()
    shop.tell()
    shop.fail(way, path=path, times=1)
    assert shop.sync()
    shop.heal()
    revision = shop.publication().revision
    assert shop.shown("index.html", "history.atom", MARKER) == {revision}
    assert parse(shop.store.read(MARKER)).revision == revision
    shop.tell()
    assert shop.sync()  # and what is remembered of it is right
    assert shop.shown("index.html", "history.atom", MARKER) == {revision + 1}


def test_a_put_that_the_store_did_is_not_done_twice(shop):
    shop.sync()
    shop.tell()
    shop.road.seen.clear()
    shop.fail("deaf", path="index.html", times=1)
    shop.sync()
    home = [one.method for one in shop.road.seen if one.path == "index.html"]
    assert home == ["PUT", "HEAD"]


def test_a_put_that_arrives_late_undoes_nothing(shop):
    shop.sync()
    shop.tell(text="First.")
    shop.fail("late", path="index.html", times=1)
    shop.sync()
    shop.tell(text="Second.")
    shop.sync()
    newest = shop.store.read("index.html")
    shop.heal()
    shop.tell(number=1, text="Third.")
    assert b"Second." in newest
    shop.sync()
    assert b"Third." in shop.store.read("index.html")


@pytest.mark.parametrize(
    ("way", "reason"),
    [("503", "503 SlowDown"), ("refuse", "connection broke"), ("hang", "timed out")],
)
def test_an_hour_of_trouble_is_one_publication_of_the_newest_when_it_is_over(
    shop, way, reason, monkeypatch
):
    shop.sync()
    before = shop.publication().revision
    if way == "hang":
        monkeypatch.setattr(bucket, "PATIENCE", timedelta(seconds=0.2))
        monkeypatch.setattr(s3, "_honours_conditions", lambda _: True)  # as is known already
        shop.publisher = shop.new_publisher()
    began = shop.now()
    told = an_hour_of(way, reason, shop, began)
    behind = shop.publication()
    assert (behind.behind_since, behind.revision) == (began, before)
    assert shop.shown("index.html", "history.atom", MARKER) == {before}
    shop.heal()
    monkeypatch.undo()
    shop.publisher = shop.new_publisher()
    shop.road.seen.clear()
    over = began + timedelta(hours=1)
    assert shop.publisher.sync(over)
    assert not shop.publisher.sync(over)
    put = (one.path for one in shop.road.seen if one.method == "PUT")
    puts = [path for path in put if "probe" not in path]
    assert len(puts) == len(set(puts))  # no backlog: each document once
    after = shop.publication()
    assert (after.revision, after.behind_since, after.error) == (before + told, None, None)
    assert shop.shown("index.html", "history.atom", MARKER) == {before + told}


def an_hour_of(way, reason, shop, began):
    """Every five minutes somebody writes, and it cannot be published; how often that was."""
    moments = [began + timedelta(minutes=late) for late in range(0, 60, 5)]
    for number, at in enumerate(moments):
        shop.fail(way, method=("PUT", "GET")[number % 2])
        tell(shop.database, 1, at=at)
        with pytest.raises(TargetError, match=reason):
            shop.publisher.sync(at)
    return len(moments)


def test_a_slow_store_is_no_trouble(shop):
    shop.sync()
    shop.tell()
    shop.fail("slow")
    assert shop.sync()
    assert shop.shown("index.html") == {shop.publication().revision}


def test_what_was_put_before_a_failure_makes_the_page_no_older_and_no_dead_link(shop):
    shop.sync()
    new = open_incident(shop.database, "Another", at=shop.now())
    shop.fail("503", path="index.html")
    with pytest.raises(TargetError):
        shop.sync()
    assert shop.store.revision("index.html") < shop.store.revision("history.atom")
    assert new.id.encode() in shop.store.read("history.atom")
    assert f"incidents/{new.id}/index.html" in shop.store.paths()
    shop.heal()
    shop.sync()
    assert new.id.encode() in shop.store.read("index.html")


# --- what is wrong is named


def test_wrong_credentials_are_named(shop):
    shop.fail("403", method="GET")
    with pytest.raises(TargetError, match=r"denies access \(403 SlowDown\): check AWS_ACCESS_KEY"):
        shop.sync()


def test_a_bucket_that_is_missing_is_named(shop):
    gone = replace(shop.store.access, endpoint=shop.road.endpoint)
    target = open_target("s3://no-such-bucket/page", gone)
    with pytest.raises(TargetError, match="no such bucket"):
        target.check()
    with pytest.raises(TargetError, match="no such bucket"):
        Publisher(shop.database, target, "program 1").sync(shop.now())


def test_a_server_that_is_not_there_is_named(free_port):
    access = Access(KEY, "secret", region="us-east-1", endpoint=f"http://127.0.0.1:{free_port}")
    with pytest.raises(TargetError, match="cannot be reached"):
        open_target("s3://bucket", access).check()


def test_no_secret_is_in_what_is_said(shop):
    access = Access(KEY, "very-secret-indeed", token="a-token", endpoint=shop.road.endpoint)
    shop.fail("403")
    with pytest.raises(TargetError) as caught:
        open_target(shop.store.url, access).check()
    said = repr(access) + str(caught.value) + repr(caught.value.__cause__)
    assert "very-secret" not in said
    assert "a-token" not in said


def test_a_store_that_refuses_everything_is_named(shop):
    shop.fail("412")
    with pytest.raises(TargetError, match="refuses to put"):
        shop.new_target().check()


def test_a_target_is_tried_without_a_trace(shop):
    assert shop.new_target(several=True).check() == "can be written"
    assert shop.store.paths() == set()


# --- a store without conditions


@pytest.fixture
def careless(shop):
    """The same shop, whose store takes whatever comes."""
    with running_s3(honours=False) as endpoint, road_to(endpoint) as road:
        yield Shop(shop.database, new_bucket(endpoint), road)


def test_a_store_that_ignores_conditions_is_refused_for_more_than_one_publisher(careless):
    target = careless.new_target(several=True)
    with pytest.raises(TargetError, match="ignores conditions"):
        target.check()
    with pytest.raises(TargetError, match="ignores conditions"):
        Publisher(careless.database, target, "program 1").sync(careless.now())
    assert careless.store.paths() == set()
    assert "ignores conditions" in careless.publication().error


def test_a_publisher_that_is_alone_may_use_it_and_is_told(careless, caplog):
    assert "ignores conditions" in careless.new_target().check()
    with caplog.at_level(logging.WARNING):
        assert careless.sync()
        careless.tell()
        assert careless.sync()
    warnings = [one.message for one in caplog.records if one.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith("one publisher at a time, please: it ignores conditions")
    assert careless.shown("index.html") == {careless.publication().revision}
