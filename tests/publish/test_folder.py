"""A folder as a target: whole files, durable, inside of it, and never an older revision."""

import fcntl
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.publish import TargetError, open_target
from bot.publish.errors import Outrun
from bot.publish.marker import UNREADABLE, Marker, parse
from bot.publish.targets import File, FolderTarget
from bot.publish.targets import folder as module
from tests.support.telling import NOON

SHOWN = Marker("page", 5, "change 5", "program", time=NOON, checked_at=NOON)


def intending(revision):
    return replace(SHOWN, revision=revision, change_id=f"change {revision}")


def a_file(path="index.html", body=b"<p>quack</p>"):
    return File(path, body, "text/html", "no-cache", 1)


@pytest.fixture
def target(tmp_path):
    return FolderTarget(tmp_path / "public")


@pytest.fixture
def showing(target):
    """The target, with revision 5 on it."""
    with target.writing(None, SHOWN) as writer:
        writer.mark(SHOWN)
    return target


def put(target, *files, base=None, intent=SHOWN):
    with target.writing(base, intent) as writer:
        writer.put(files)


def test_looking_whether_it_can_be_written_makes_no_folder(target, tmp_path):
    assert target.check() == "can be made"
    assert list(tmp_path.iterdir()) == []
    deep = FolderTarget(tmp_path / "a/b/c")
    assert deep.check() == "can be made"
    (tmp_path / "a").touch()
    with pytest.raises(TargetError, match="not a folder"):
        deep.check()


def test_looking_whether_it_can_be_written_leaves_what_readers_see(showing):
    before = sorted(showing.root.rglob("*"))
    assert showing.check() == "can be written"
    assert sorted(showing.root.rglob("*")) == before


def test_a_file_is_written_whole_and_readable_by_a_web_server(target):
    before = os.umask(0o077)
    try:
        put(target, a_file("a/b.html"))
    finally:
        os.umask(before)
    path = target.root / "a/b.html"
    assert path.read_bytes() == b"<p>quack</p>"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755
    assert stat.S_IMODE((target.root / ".duckrow").stat().st_mode) == 0o755
    assert stat.S_IMODE((target.root / ".duckrow/revision.json").stat().st_mode) == 0o644


def test_every_file_and_its_folder_are_made_durable_around_the_rename(target, monkeypatch):
    steps = []
    fsync, rename = os.fsync, type(target.root).replace

    def noting_fsync(descriptor):
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        steps.append("folder" if is_folder else "file")
        fsync(descriptor)

    def noting_rename(self, new):
        steps.append("rename")
        return rename(self, new)

    put(target, a_file("a/1.html"))
    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(type(target.root), "replace", noting_rename)
    with target.writing(target.marker(), SHOWN) as writer:
        steps.clear()
        writer.put([a_file("a/1.html"), a_file("a/2.html"), a_file("b/3.html")])
    assert steps == ["file"] * 3 + ["rename"] * 3 + ["folder"] * 3  # a, b, and b's own parent


def test_what_is_being_written_is_announced(showing):
    with showing.writing(SHOWN, intending(7)):
        assert showing.marker() == replace(SHOWN, next=7, next_change_id="change 7")


def test_a_first_publication_is_announced_as_nothing_yet(target):
    with target.writing(None, SHOWN):
        assert target.marker() == replace(
            SHOWN.blank(), next=SHOWN.revision, next_change_id=SHOWN.change_id
        )


@pytest.mark.parametrize(
    "current",
    [
        intending(8),
        replace(SHOWN, next=8),
        replace(SHOWN, page="another"),
        intending(4),
        UNREADABLE,
    ],
)
def test_a_publisher_that_is_not_the_newest_writes_nothing(showing, current):
    marker = showing.root / ".duckrow/revision.json"
    marker.write_bytes(current.to_bytes())
    with pytest.raises(Outrun):
        put(showing, a_file(), base=SHOWN, intent=intending(7))
    assert not (showing.root / "index.html").exists()
    assert marker.read_bytes() == current.to_bytes()


def test_somebody_who_began_first_is_not_written_over(showing):
    with pytest.raises(Outrun):
        put(showing, a_file(), base=None, intent=intending(7))


def test_a_publication_that_was_cut_off_may_be_finished_by_the_same_or_a_newer_one(showing):
    cut_off = replace(SHOWN, next=7)
    (showing.root / ".duckrow/revision.json").write_bytes(cut_off.to_bytes())
    for revision in (7, 8):
        put(showing, a_file(body=f"{revision}".encode()), base=cut_off, intent=intending(revision))
    assert (showing.root / "index.html").read_bytes() == b"8"


def test_taking_over_asks_nobody(showing):
    with showing.writing(SHOWN, replace(SHOWN, page="another", revision=1), take_over=True):
        assert showing.marker().page == "another"


def test_only_one_publisher_writes_at_a_time(target, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    put(target)
    with (target.root / ".duckrow/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(TargetError, match="another publisher"):
            put(target, a_file(), base=target.marker())


def test_a_failed_write_leaves_neither_a_part_nor_a_trace(target, monkeypatch):
    put(target, a_file(body=b"old"), a_file("other.html", b"old"))
    writes = []
    real = os.fsync

    def failing(descriptor):
        writes.append(descriptor)
        if len(writes) > 1:
            raise OSError(28, "No space left on device")
        real(descriptor)

    base = target.marker()
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(TargetError, match="the folder is full"):
        put(target, a_file(body=b"new"), a_file("other.html", b"new"), base=base)
    assert (target.root / "index.html").read_bytes() == b"old"
    assert (target.root / "other.html").read_bytes() == b"old"
    assert list(target.root.rglob("*tmp*")) == []


def test_what_a_killed_publisher_left_behind_is_swept(showing):
    left = showing.root / "a/.index.html.0123.duckrow-tmp"
    left.parent.mkdir()
    left.write_text("half a pa")
    cut_off = replace(SHOWN, next=6)
    (showing.root / ".duckrow/revision.json").write_bytes(cut_off.to_bytes())
    put(showing, base=cut_off, intent=intending(6))
    assert not left.exists()


@pytest.mark.parametrize(
    "path",
    [
        "../out.html",
        "/etc/passwd",
        "a//b",
        "a/./b",
        "..",
        "",
        "a/",
        "a\0b",
        "a\nb",
        "a b",
        "%2e%2e/x",
    ],
)
def test_no_path_leads_out_of_the_folder(target, path):
    with (
        pytest.raises(ValueError, match="no document's path"),
        target.writing(None, SHOWN) as writer,
    ):
        writer.put([a_file(path), a_file("fine.html")])
    assert not (target.root / "fine.html").exists()


@given(st.text(max_size=30))
def test_any_path_is_refused_or_inside(path):
    root = Path("/nowhere/public")
    writer = module.FolderWriter(root, None, None)  # type: ignore[arg-type]
    try:
        found = writer._path(path)
    except ValueError:
        return
    assert os.path.normpath(found).startswith("/nowhere/public/")


def test_deleting_what_is_gone_is_no_failure(target):
    put(target, a_file("a/1.html"), a_file("a/2.html"))
    with target.writing(target.marker(), SHOWN) as writer:
        writer.delete(["a/1.html", "a/1.html"])
        assert (target.root / "a/2.html").exists()
        writer.delete(["a/2.html"])
    assert not (target.root / "a").exists()


def test_what_was_deleted_stays_so_after_a_power_cut(showing, monkeypatch):
    put(showing, a_file("a/1.html"), a_file("b/1.html"), a_file("b/2.html"), base=SHOWN)
    synced: list[Path] = []
    monkeypatch.setattr(module, "_sync_folder", synced.append)
    with showing.writing(showing.marker(), SHOWN) as writer:
        writer.delete(["a/1.html", "b/1.html"])
    assert set(synced) == {showing.root, showing.root / "b"}


def test_what_was_put_is_read_back_and_what_is_not_there_is_nothing(showing):
    put(showing, a_file("a/b.json", b"{}"), base=SHOWN)
    assert showing.read("a/b.json") == b"{}"
    assert showing.read("a/c.json") is None
    assert showing.read("b/c.json") is None


def test_files_are_listed_by_what_their_path_begins_with(showing):
    paths = ("a/b.json", "a/bc.json", "a/d/e.json", "ab/c.json")
    put(showing, *(a_file(path) for path in paths), base=SHOWN)
    (showing.root / "a/.b.json.0123.duckrow-tmp").write_bytes(b"cut off")
    assert set(showing.list("a/")) == {"a/b.json", "a/bc.json", "a/d/e.json"}
    assert set(showing.list("a/b")) == {"a/b.json", "a/bc.json"}
    assert list(showing.list("b/")) == []


def test_what_cannot_be_read_is_never_taken_for_nothing(showing, monkeypatch):
    put(showing, a_file("a/b.json"), base=SHOWN)
    (showing.root / "a/f").mkdir()
    with pytest.raises(TargetError):
        showing.read("a/f")
    monkeypatch.setattr(module, "LARGEST", 4)
    with pytest.raises(TargetError, match="too large"):
        showing.read("a/b.json")

    def refuse(path):
        raise PermissionError(13, "no", path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(TargetError):
        list(showing.list("a/"))


def test_a_file_in_the_folders_place_is_told_plainly(tmp_path):
    (tmp_path / "public").write_text("a file")
    target = FolderTarget(tmp_path / "public")
    with pytest.raises(TargetError, match="it is not a folder"):
        target.marker()


def test_a_marker_survives_being_written_and_read():
    marker = replace(SHOWN, next=9)
    assert parse(marker.to_bytes()) == marker


@given(st.binary(max_size=60) | st.sampled_from([b"[]", b"null", b"1", b'{"page": 1}', b'"x"']))
def test_what_is_no_marker_is_nobodys(body):
    assert parse(body) == UNREADABLE


def test_a_target_is_opened_by_its_address(tmp_path):
    for url in (str(tmp_path / "a b"), (tmp_path / "a b").as_uri()):
        assert open_target(url).url == (tmp_path / "a b").as_uri()
    assert open_target("s3://bucket/prefix").url == "s3://bucket/prefix"
    for url in ("https://example.org/", "file://host/path", "file:///"):
        with pytest.raises(Refusal, match="no target"):
            open_target(url)
