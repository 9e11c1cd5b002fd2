"""What is looked at after a power cut is every document that each publication writes."""

import json
from dataclasses import replace

import pytest

from tests.faults.machine.power import ensure_not_older
from tests.faults.reader import ALWAYS
from tests.faults.test_invariants import ROWS

PUBLISHED = 4


def page_of(folder, revision, **other):
    """A page of one revision, but for some of its documents."""
    for name in ALWAYS:
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(document(name, other.get(name, revision)))
    return folder


def document(name, revision):
    """As short as can be."""
    if name.endswith(".atom"):
        return f"<feed><!-- revision {revision} --></feed>"
    if name.endswith(".html"):
        return f'<meta name="revision" content="{revision}"></html>'
    if name.startswith(".duckrow/"):
        return json.dumps({"revision": revision})
    return json.dumps({"page": {"updated_at": times()[revision].isoformat()}})


def times():
    """Of each change; and of one that never was."""
    known = {row["revision"]: row["at"] for row in ROWS.change}
    return known | {9: known[1].replace(year=2030)}


def left():
    return replace(ROWS, publication=({"revision": PUBLISHED},))


@pytest.mark.parametrize("revision", [PUBLISHED, PUBLISHED + 1])
def test_a_page_may_be_of_what_was_published_or_of_what_came_after(tmp_path, revision):
    ensure_not_older(page_of(tmp_path, revision), left())


@pytest.mark.parametrize("name", ALWAYS)
def test_a_document_that_is_older_is_found(tmp_path, name):
    page = page_of(tmp_path, PUBLISHED, **{name: PUBLISHED - 1})
    with pytest.raises(AssertionError, match=f"{name} is of 3, and 4 was published"):
        ensure_not_older(page, left())


@pytest.mark.parametrize("name", ALWAYS)
def test_a_document_of_what_the_ledger_lost_is_found(tmp_path, name):
    with pytest.raises(AssertionError, match="which never was"):
        ensure_not_older(page_of(tmp_path, PUBLISHED, **{name: 9}), left())
