"""Whatever stands in the marker's place is read, or is nobody's: never an error."""

import json

import pytest

from bot.publish.marker import UNREADABLE, Claim, parse
from tests.support.telling import open_incident

SAID = {
    "page": "page",
    "revision": 5,
    "change_id": "change 5",
    "fingerprint": "program",
    "time": "2013-02-22T20:00:00.000+00:00",
    "checked_at": "2013-02-22T20:00:00.000+00:00",
}
ODD = [
    {"revision": float("inf")},
    {"revision": -(10**30)},
    {"revision": "5"},
    {"revision": 5.5},
    {"next": -3},
    {"next": float("nan")},
    {"change_id": "\ud800"},
    {"change_id": "a\0b"},
    {"change_id": None},
    {"next_change_id": "x" * 101},
    {"over": -3},
    {"over": 3, "over_change_id": "x" * 101},
    {"time": "0001-01-01T00:00:00+23:00"},
    {"checked_at": 5},
]


def test_ours_is_read():
    coming = {"next": 6, "next_change_id": "change 6", "over": 4, "over_change_id": "change 4"}
    found = parse(json.dumps(SAID | coming).encode())
    assert parse(found.to_bytes()) == found
    assert (found.revision, found.next) == (5, 6)
    assert found.over == Claim(4, "change 4")


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_no_publisher_of_ours_writes_is_unreadable(odd):
    assert parse(json.dumps(SAID | odd).encode()) == UNREADABLE


@pytest.mark.parametrize("body", [b"", b"[" * 200_000, b"\xff", b"null", b"[]"])
def test_what_is_no_marker_at_all_is_unreadable(body):
    assert parse(body) == UNREADABLE


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_publishing_stops_there_and_says_so(desk, odd):
    open_incident(desk.database, at=desk.now())
    desk.sync()
    (desk.root / ".duckrow/revision.json").write_text(json.dumps(desk.site.marker | odd))
    assert not desk.sync()
    assert desk.publication().stopped
