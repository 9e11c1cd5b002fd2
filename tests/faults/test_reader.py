"""The reader notices whatever a reader of the page would be entitled to complain about."""

import json
from contextlib import contextmanager

import pytest

from tests.faults.reader import Reader
from tests.support.serving import serving


def page(revision, words=""):
    return f'<meta name="revision" content="{revision}"><h1>{words}</h1></html>'


def feed(revision):
    return f"<feed><!-- revision {revision} --></feed>"


@contextmanager
def reader_of(folder):
    with serving(folder) as base:
        reader = Reader(base)
        try:
            yield reader
        finally:
            reader.hang_up()


def found(reader):
    return [invariant for invariant, _ in reader.violations]


@pytest.mark.parametrize(
    ("path", "bodies", "wrong"),
    [
        ("index.html", [page(1), page(2)], []),
        ("index.html", [page(2), page(1)], ["I6"]),
        ("index.html", [page(1, "one"), page(1, "two")], ["I5"]),
        ("index.html", [page(1)[:-5]], ["I5"]),
        ("index.html", [""], ["I5"]),
        ("history.atom", [feed(1), feed(2)], []),
        ("history.atom", [feed(2), feed(1)], ["I6"]),
        ("history.atom", ["<feed>"], ["I5"]),
        ("api/v2/status.json", ['{"page":'], ["I5"]),
        (".duckrow/revision.json", ['{"revision": 2}', '{"revision": 1}'], ["I6"]),
        (".duckrow/revision.json", ['{"revision": 2}', '{"revision": 2, "next": 3}'], []),
    ],
)
def test_a_document_is_whole_and_never_goes_back(tmp_path, path, bodies, wrong):
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    with reader_of(tmp_path) as reader:
        for body in bodies:
            file.write_text(body)
            reader.read(path)
        assert found(reader) == wrong


def test_what_is_missing_or_does_not_answer_is_noticed(tmp_path):
    with reader_of(tmp_path) as reader:
        reader.read("index.html")
    reader.read("index.html")
    reader.hang_up()
    assert found(reader) == ["I8", "I8"]


def test_a_link_to_nothing_is_noticed(tmp_path):
    (tmp_path / "index.html").write_text('<a href="incidents/">x</a></html>')
    with reader_of(tmp_path) as reader:
        reader.look()
        assert any("incidents/index.html" in what for _, what in reader.violations)


def test_green_is_what_the_page_says_to_people_and_to_programs(tmp_path):
    calm = '<span class="state operational"></span>'
    status = {"page": {"updated_at": "2013-02-22T12:00:00.000Z"}, "status": {"indicator": "none"}}
    (tmp_path / "index.html").write_text(page(1, calm))
    (tmp_path / "api/v2").mkdir(parents=True)
    (tmp_path / "api/v2/status.json").write_text(json.dumps(status))
    with reader_of(tmp_path) as reader:
        for path in ("index.html", "api/v2/status.json"):
            reader.read(path)
        assert [sight.green for sight in reader.sights] == [True, True]
