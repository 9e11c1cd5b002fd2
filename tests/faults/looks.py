"""What is judged by looking at a world that has settled: the page as it is, doors, and bounds."""

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.sandbox.inbound.envelope import DeliveryFailed
from bot.sandbox.inbound.http_mode import FORM, HttpMode
from tests.faults.invariants import Evidence, Violation, judge
from tests.faults.machine.children import in_its_own_time
from tests.faults.people import CHANNEL
from tests.faults.reader import ALWAYS
from tests.faults.truth import posted

if TYPE_CHECKING:
    from tests.faults.world import World

# Of any one process: after kills, pauses and outages none had more than 30 and 20.
MOST_DESCRIPTORS = 80
MOST_THREADS = 40
_LOOKS = 3  # of those that a guest's command changes every one: so does I12's own violation
_ASKED = 5  # times; each may take Slack's three seconds
_NOT_HEARD = "failed with the error"  # in Slack's own answer
_ASIDE = (".duckrow/", "nothing.html")
_GONE = (FileNotFoundError, ProcessLookupError)  # a process that ended since it was listed
_OWN_TIME = f"{in_its_own_time.__module__}:{in_its_own_time.__name__}"


def violations(world: "World") -> list[Violation]:
    """Everything that does not hold in a world that has settled.

    What nobody was answered in time may still be saved. Where it was, amid the look, the page was
    not at rest: it is looked at again.
    """
    for _ in range(_LOOKS):
        revision = world.truth.revision()
        found = judge(evidence(world))
        if not found or world.truth.revision() == revision:
            break
        world.await_rest()
    return found


def evidence(world: "World") -> Evidence:
    """All that is known of a world, after a look at every part of it."""
    looked = [*doors(world), *pure_page(world), *bounds(world)]
    return Evidence(
        entries=world.journal.entries(),
        rows=world.history(world.truth.rows()),
        posted=posted(world.slack),
        readers=world.readers,
        recovered_in=world.recovered_in,
        elsewhere=looked,
        is_one_clock=not has_own_time(world),
    )


def has_own_time(world: "World") -> bool:
    setups = [setup for process in world.processes for setup in process.launch.setups]
    return any(path == _OWN_TIME for path, _ in setups)


def folders(world: "World") -> list[Path]:
    """Where the page stands, of those targets that are folders."""
    addresses = [urlsplit(target.url) for target in world.place.targets]
    return [Path(one.path) for one in addresses if one.scheme == "file"]


def pure_page(world: "World") -> Iterator[Violation]:
    """I5: what is served is what the ledger, published afresh into an empty folder, gives."""
    fresh = world.folder / "fresh"
    world.duckrow("publish", PUBLISH_URL=str(fresh))
    for target in world.place.targets:
        for path in sorted(one for one in fresh.rglob("*") if one.is_file()):
            name = path.relative_to(fresh).as_posix()
            if not name.startswith(_ASIDE):
                yield from _compared(target.base, name, path.read_bytes())
    for folder in folders(world):
        yield from left_over(folder, fresh)


def left_over(folder: Path, fresh: Path) -> Iterator[Violation]:
    """I5: what a page has that would not be published today."""
    for name in sorted(_names(folder) - _names(fresh)):
        if not name.startswith(_ASIDE):
            yield Violation("I5", f"{name} is there, and the ledger gives no such thing")


def _names(folder: Path) -> set[str]:
    return {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}


def _compared(base: str, name: str, due: bytes) -> Iterator[Violation]:
    try:
        with urllib.request.urlopen(base + name) as answer:
            served = answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        yield Violation("I5", f"{base}{name} is missing: {error.code}")
        return
    if name not in ALWAYS:  # what was not touched keeps its own revision
        served, due = _without_revision(served), _without_revision(due)
    if name.startswith("components/"):  # and a month that is not over, its share until then
        served, due = _without_shares(served), _without_shares(due)
    if served != due:
        yield Violation("I5", f"{base}{name} is {_where(served, due)}")
    if name.endswith(".html") and b"<script>alert(1)" in served:
        yield Violation("I13", f"{base}{name} holds somebody's markup")


def _where(served: bytes, due: bytes) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(served, due, strict=False))
    at = sum(1 for _ in same)
    there, wanted = (body[max(at - 40, 0) : at + 80] for body in (served, due))
    return f"{there!r} where the ledger gives {wanted!r}"


def _without_revision(body: bytes) -> bytes:
    text = re.sub(rb'"updated_at":"[^"]*"', b"", body.rstrip())  # its blanks say it once more
    text = re.sub(rb"(?i)revision\D{0,12}\d+", b"", text)
    return re.sub(rb"<p>Published .*?</p>", b"", text)


def _without_shares(body: bytes) -> bytes:
    return re.sub(rb"\b[0-9.]+%", b"", body)


def doors(world: "World") -> Iterator[Violation]:
    """I12: a guest and a forger change nothing."""
    before = world.truth.revision()
    answer = _answer_to_a_guest(world)
    if not answer.startswith("Not saved"):
        yield Violation("I12", f"a guest was answered {answer!r}")
    for process in world.processes:
        if process.port:
            status = _answer_to_a_forger(process.port)
            if status != http.client.UNAUTHORIZED:
                yield Violation("I12", f"a forger was answered {status}")
    if world.truth.revision() != before:
        yield Violation("I12", "a guest or a forger changed the ledger")


def _answer_to_a_guest(world: "World") -> str:
    """The program's; Slack's own is none, which a connection that died unnoticed still gives."""
    for _ in range(_ASKED):
        reply = world.slack.say("gus", CHANNEL, "/incident open Guest | A guest's words.")
        if reply and _NOT_HEARD not in reply.text:
            return reply.text
    return "(nothing)"


def _answer_to_a_forger(port: int) -> int:
    """The status; 0 where there is none, however often they try."""
    forger = HttpMode(f"http://127.0.0.1:{port}/slack/events", "no secret of ours")
    for _ in range(_ASKED):
        with suppress(DeliveryFailed):
            response, _answer = forger.send(b"command=%2Fincident&text=open+Forged+%7C+words", FORM)
            return response.status
    return 0


def bounds(world: "World") -> Iterator[Violation]:
    """I15: descriptors, threads and files left over."""
    for process in world.processes:
        if process.child and process.alive:
            for pid in with_forked(process.child.pid):
                yield from within_bounds(f"{process.name} ({pid})", Path(f"/proc/{pid}"))
    for folder in folders(world):
        found = folder.rglob("*.duckrow-tmp*")
        if left := [one for one in found if one.parent.name != ".duckrow"]:
            yield Violation("I15", f"left behind: {left}")


def with_forked(pid: int) -> Iterator[int]:
    """A process, and all that it forked: of `web` it is the workers that work, not granian."""
    yield pid
    with suppress(*_GONE):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from with_forked(int(child))


def within_bounds(name: str, proc: Path) -> Iterator[Violation]:
    """Of one process, whose folder in /proc this is."""
    counts = {"fd": MOST_DESCRIPTORS, "task": MOST_THREADS}
    for kind, most in counts.items():
        if (count := how_many(proc / kind)) > most:
            yield Violation("I15", f"{name} has {count} of {kind}")


def how_many(folder: Path) -> int:
    """What is in a folder in /proc; nothing once its process is gone."""
    with suppress(*_GONE):
        return len(list(folder.iterdir()))
    return 0
