"""What is looked at in a world that has settled: all of its page, and every process."""

import os
import signal
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from tests.faults import looks
from tests.faults.machine.scenarios import OWN_TIME
from tests.faults.place import Target
from tests.faults.world import BRISK
from tests.support.serving import serving

PAGE = {"index.html": b"<html></html>", "incidents/a/index.html": b"<html></html>"}


def written(folder, page):
    for name, body in page.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


@pytest.fixture
def world(tmp_path):
    """A page in order, and a ledger that gives the same."""
    root = tmp_path / "public"
    written(root, PAGE | {".duckrow/revision.json": b"{}"})
    with serving(root) as base:
        yield SimpleNamespace(
            folder=tmp_path,
            root=root,
            place=SimpleNamespace(targets=[Target(root.as_uri(), base)]),
            processes=[],
            duckrow=lambda *_, **_env: written(tmp_path / "fresh", PAGE),
        )


def test_a_page_as_the_ledger_gives_it_is_pure(world):
    assert list(looks.pure_page(world)) == []


@pytest.mark.parametrize("name", ["incidents/b/index.html", "index.html.gz", "left.tmp"])
def test_what_the_ledger_does_not_give_is_found_on_the_page(world, name):
    written(world.root, {name: b"?"})
    assert [one.invariant for one in looks.pure_page(world)] == ["I5"]


def test_what_the_page_lacks_is_found(world):
    (world.root / "incidents/a/index.html").unlink()
    assert [one.invariant for one in looks.pure_page(world)] == ["I5"]


def test_what_a_publisher_left_behind_is_found_where_the_page_stands(world):
    assert list(looks.bounds(world)) == []
    written(world.root, {"incidents/.index.html.0.duckrow-tmp": b"<ht"})
    assert [one.invariant for one in looks.bounds(world)] == ["I15"]


@pytest.mark.parametrize(
    ("revisions", "judged", "found"),
    [
        ([1, 2, 2], [["I5"], []], []),  # a command was late, and is on the page by the second look
        ([1, 1], [["I5"]], ["I5"]),
        ([1, 2, 2, 3, 3, 4], [["I5"], ["I5"], ["I12"]], ["I12"]),  # looking changes it
        ([1], [[]], []),
    ],
)
def test_a_world_that_changed_amid_a_look_is_looked_at_again(monkeypatch, revisions, judged, found):
    stated, looks_left = iter(revisions), iter(judged)
    world: Any = SimpleNamespace(
        truth=SimpleNamespace(revision=lambda: next(stated)), await_rest=lambda: None
    )
    monkeypatch.setattr(looks, "evidence", lambda world: world)
    monkeypatch.setattr(looks, "judge", lambda _seen: next(looks_left))
    assert looks.violations(world) == found
    assert list(stated) + list(looks_left) == []


@pytest.fixture
def family():
    """A process that forked another; their ids."""
    words = ("sh", "-c", "sleep 60 & echo $!; wait")
    with subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True) as parent:
        try:
            yield parent.pid, int(next(iter(parent.stdout or ())))
        finally:
            os.killpg(parent.pid, signal.SIGKILL)


def test_a_worker_that_was_forked_is_bounded_too(world, family, monkeypatch):
    parent, forked = family
    looked: list[str] = []

    def within_bounds(_name, proc):
        looked.append(str(proc))
        return ()

    monkeypatch.setattr(looks, "within_bounds", within_bounds)
    child = SimpleNamespace(pid=parent)
    world.processes.append(SimpleNamespace(name="web.1", child=child, alive=True))
    assert list(looks.bounds(world)) == []
    assert looked == [f"/proc/{parent}", f"/proc/{forked}"]


@pytest.mark.parametrize(
    ("kind", "most"), [("fd", looks.MOST_DESCRIPTORS), ("task", looks.MOST_THREADS)]
)
def test_more_than_enough_is_found(tmp_path, kind, most):
    counts = {"fd": 1, "task": 1, kind: most}
    written(tmp_path, {f"{one}/{n}": b"" for one, count in counts.items() for n in range(count)})
    assert list(looks.within_bounds("web.1", tmp_path)) == []
    written(tmp_path, {f"{kind}/one more": b""})
    assert [one.invariant for one in looks.within_bounds("web.1", tmp_path)] == ["I15"]


@pytest.mark.parametrize(("setup", "is_own"), [(OWN_TIME, True), (BRISK, False)])
def test_a_world_with_a_time_of_its_own_is_known(setup, is_own):
    process = SimpleNamespace(launch=SimpleNamespace(setups=(BRISK, setup)))
    world: Any = SimpleNamespace(processes=[process])
    assert looks.has_own_time(world) is is_own
