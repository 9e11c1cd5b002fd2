"""What is judged by looking at a world that has settled: the page as it is, doors, and bounds."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.sandbox.inbound.http_mode import FORM, HttpMode
from tests.faults.invariants import Evidence, Violation, judge
from tests.faults.people import CHANNEL
from tests.faults.reader import ALWAYS
from tests.faults.truth import posted

if TYPE_CHECKING:
    from tests.faults.world import World

MOST_DESCRIPTORS = 250
MOST_THREADS = 100
_ASIDE = (".duckrow/", "nothing.html")


def violations(world: "World") -> list[Violation]:
    """Everything that does not hold in a world that has settled."""
    looked = [*doors(world), *pure_page(world), *bounds(world)]
    return judge(
        Evidence(
            entries=world.journal.entries(),
            rows=world.history(world.truth.rows()),
            posted=posted(world.slack),
            readers=world.readers,
            recovered_in=world.recovered_in,
            elsewhere=looked,
        )
    )


def pure_page(world: "World") -> Iterator[Violation]:
    """I5: what is served is what the ledger, published afresh into an empty folder, gives."""
    fresh = world.folder / "fresh"
    world.duckrow("publish", PUBLISH_URL=str(fresh))
    for target in world.place.targets:
        for path in sorted(one for one in fresh.rglob("*") if one.is_file()):
            name = path.relative_to(fresh).as_posix()
            if not name.startswith(_ASIDE):
                yield from _compared(target.base, name, path.read_bytes())


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


def doors(world: "World") -> Iterator[Violation]:
    """I12: a guest and a forger change nothing."""
    before = world.truth.revision()
    reply = world.slack.say("gus", CHANNEL, "/incident open Guest | A guest's words.")
    if reply is None or not reply.text.startswith("Not saved"):
        yield Violation("I12", f"a guest was answered {reply and reply.text!r}")
    for process in world.processes:
        if port := process.launch.env.get("PORT"):
            forger = HttpMode(f"http://127.0.0.1:{port}/slack/events", "no secret of ours")
            response, _ = forger.send(b"command=%2Fincident&text=open+Forged+%7C+words", FORM)
            if response.status != 401:
                yield Violation("I12", f"a forger was answered {response.status}")
    if world.truth.revision() != before:
        yield Violation("I12", "a guest or a forger changed the ledger")


def bounds(world: "World") -> Iterator[Violation]:
    """I15: descriptors, threads and files left over."""
    for process in world.processes:
        if process.child and process.alive:
            yield from _within_bounds(process.name, Path(f"/proc/{process.child.pid}"))
    public: Any = world.folder / "public"
    left = [one for one in public.rglob("*.duckrow-tmp*") if one.parent.name != ".duckrow"]
    if left:
        yield Violation("I15", f"left behind: {left}")


def _within_bounds(name: str, proc: Path) -> Iterator[Violation]:
    counts = {"fd": MOST_DESCRIPTORS, "task": MOST_THREADS}
    for kind, most in counts.items():
        if (count := len(list((proc / kind).iterdir()))) > most:
            yield Violation("I15", f"{name} has {count} of {kind}")
