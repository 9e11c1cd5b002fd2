"""Compressed twins: the same bytes as their original, at every moment, or none."""

import gzip
from dataclasses import replace

import brotli
import pytest

from bot.config import values
from bot.core.errors import Refusal
from bot.core.status import ComponentStatus, Phase
from bot.publish import Publisher, open_target
from bot.publish.targets import File
from bot.publish.targets.base import TWIN_ENDINGS
from bot.publish.twins import ENCODINGS, twin_paths, with_twins
from tests.support.telling import open_incident, tell

BOTH = ("gzip", "brotli")
DOWN = {"www": ComponentStatus.MAJOR_OUTAGE}
UNPACK = {".gz": gzip.decompress, ".br": brotli.decompress}


class Killed(BaseException):
    """What a process that dies does not catch."""


def publisher(desk, words=BOTH):
    program = "-".join(("program", *words))
    return Publisher(desk.database, open_target(str(desk.root)), program, compressed=words)


@pytest.fixture
def twinned(desk):
    """A desk that writes both kinds, with one incident on its page."""
    desk.publisher = publisher(desk)
    open_incident(desk.database, statuses=DOWN)
    desk.sync()
    return desk


def twins(desk):
    """Path of each twin -> path of its original."""
    return {
        path: path.rpartition(".")[0] for path in desk.site.paths() if path.endswith(TWIN_ENDINGS)
    }


def check_twins(desk):
    for twin, original in twins(desk).items():
        body = UNPACK[twin[-3:]](desk.site.read(twin))
        assert body == desk.site.read(original), twin


def test_every_document_has_its_twins_where_they_save_something(twinned):
    check_twins(twinned)
    found = twins(twinned)
    for path in ("index.html", "history.atom", "api/v2/summary.json", "badge.svg"):
        assert {f"{path}.gz", f"{path}.br"} <= set(found)
    for twin, original in found.items():
        assert len(twinned.site.read(twin)) < len(twinned.site.read(original))
    assert not (twinned.root / ".duckrow/revision.json.gz").exists()


def test_what_would_save_nothing_has_no_twin():
    tiny = File("tiny.txt", b"quack", "text/plain", "no-cache", 1)
    assert list(with_twins([tiny], BOTH)) == [tiny]


def test_a_twin_stands_right_behind_its_original_and_is_the_same_every_time():
    page = File("index.html", b"<p>quack</p>" * 20, "text/html", "no-cache", 1, etag="old")
    first, second = list(with_twins([page], BOTH)), list(with_twins([page], BOTH))
    assert first == second
    assert [one.path for one in first] == ["index.html", "index.html.gz", "index.html.br"]
    assert [one.encoding for one in first] == [None, "gzip", "br"]
    assert first[1].etag is None


def test_twins_are_files_of_ours(twinned):
    assert set(twinned.documents()) == twinned.site.paths()


def test_no_twins_are_written_unasked(desk):
    open_incident(desk.database)
    desk.sync()
    assert twins(desk) == {}


def test_only_what_changed_gets_a_new_twin(twinned):
    before = {path: (twinned.root / path).stat().st_ino for path in twins(twinned)}
    tell(twinned.database, 1, Phase.MONITORING, at=twinned.now(), statuses=DOWN)
    twinned.sync()
    check_twins(twinned)
    after = {path: (twinned.root / path).stat().st_ino for path in twins(twinned)}
    assert after["index.html.gz"] != before["index.html.gz"]
    assert after["404.html.gz"] == before["404.html.gz"]
    assert not twinned.sync()


@pytest.mark.parametrize("words", [(), ("gzip",), ("brotli",)])
def test_what_is_turned_off_is_gone_with_the_next_look(twinned, words):
    twinned.publisher = publisher(twinned, words)
    assert twinned.sync()
    wanted = {ENCODINGS[word][0] for word in words}
    assert {twin[-3:] for twin in twins(twinned)} == wanted
    assert set(twinned.documents()) == twinned.site.paths()
    check_twins(twinned)


def test_a_full_publication_forgets_twins_that_are_no_longer_written(twinned):
    twinned.publisher = publisher(twinned, ())
    twinned.publisher.full(twinned.now())
    assert twins(twinned) == {}
    assert set(twinned.documents()) == twinned.site.paths()


def test_a_full_publication_keeps_them(twinned):
    before = twinned.site.all_bytes()
    twinned.publisher.full(twinned.now())
    assert twinned.site.all_bytes() == before


@pytest.mark.parametrize("renames", range(0, 60, 11))
def test_whoever_is_cut_off_leaves_no_twin_of_other_bytes(twinned, monkeypatch, renames):
    tell(twinned.database, 1, Phase.RESOLVED, at=twinned.now())
    left = iter(range(renames))
    rename = type(twinned.root).replace

    def dying(self, target):
        if next(left, None) is None:
            raise Killed
        return rename(self, target)

    monkeypatch.setattr(type(twinned.root), "replace", dying)
    with pytest.raises(Killed):
        twinned.sync()
    monkeypatch.undo()
    check_twins(twinned)
    twinned.publisher = publisher(twinned, ())  # and is followed by one who writes none
    assert twinned.sync()
    assert twins(twinned) == {}


def test_at_no_moment_does_a_twin_stand_beside_other_bytes(twinned, monkeypatch):
    tell(twinned.database, 1, Phase.RESOLVED, at=twinned.now())
    changing = type(twinned.root)
    rename, unlink = changing.replace, changing.unlink
    moments = []

    def looking(change):
        def changed(*given, **named):
            done = change(*given, **named)
            check_twins(twinned)
            moments.append(change)
            return done

        return changed

    monkeypatch.setattr(changing, "replace", looking(rename))
    monkeypatch.setattr(changing, "unlink", looking(unlink))
    assert twinned.sync()
    assert rename in moments
    assert unlink in moments


def test_a_twin_that_somebody_else_made_does_not_outlive_its_original(desk):
    open_incident(desk.database)
    desk.sync()
    stranger = desk.root / "index.html.gz"
    stranger.write_bytes(gzip.compress(desk.site.read("index.html")))
    tell(desk.database, 1, at=desk.now())
    desk.sync()
    assert not stranger.exists()


def test_endings_and_words_are_the_same_everywhere():
    assert tuple(ending for ending, *_ in ENCODINGS.values()) == TWIN_ENDINGS
    assert tuple(ENCODINGS) == values.ENCODINGS
    assert list(twin_paths("a.html", BOTH)) == ["a.html.gz", "a.html.br"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("gzip", ("gzip",)),
        ("brotli, gzip", BOTH),
        ("GZIP gzip", ("gzip",)),
        ("brotli", ("brotli",)),
    ],
)
def test_the_setting_names_each_way_once(text, read):
    assert values.encodings(text) == read


def test_an_unknown_way_to_compress_is_refused():
    with pytest.raises(Refusal, match='"zip" is no known way to compress'):
        values.encodings("gzip zip")


def test_progress_counts_documents_and_not_their_twins(twinned):
    steps = []
    twinned.publisher.full(twinned.now(), progress=lambda done, total: steps.append((done, total)))
    documents = len(twinned.site.paths()) - len(twins(twinned))
    assert steps[-1] == (documents, documents)
    assert all(done < total for done, total in steps[:-1])


def test_a_file_of_a_twin_keeps_the_originals_revision():
    page = File("index.html", b"<p>quack</p>" * 20, "text/html", "no-cache", 7)
    assert [one.revision for one in with_twins([page, replace(page, path="b")], BOTH)] == [7] * 6
