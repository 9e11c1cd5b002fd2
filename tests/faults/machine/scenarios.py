"""F3 to F8 and F26: disks, locks and clocks that fail under people who type."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest

from tests.faults.machine.places import DISKS, PAGE, dying_disk, ledger, small_disks
from tests.faults.people import CHANNEL
from tests.faults.scenario import scenario
from tests.faults.truth import posted
from tests.faults.world import BRISK, ONE, Setup, World
from tests.support.machine import Clock, failing, fill, remount

_IMPATIENT: Setup = ("tests.faults.machine.children:impatient", {})
SETUPS = (BRISK, _IMPATIENT)
OWN_TIME: Setup = ("tests.faults.machine.children:in_its_own_time", {})


@scenario("F3", topologies=(ONE,), short=1, long=20, batch=4, around=small_disks, setups=SETUPS)
def full_disk(world: World, runs: int, random: Random) -> None:
    """No space left, for the ledger and then for the page."""
    for _ in range(runs):
        with _full(ledger(world).parent):
            await_refusal(world)
        await_ack(world)
        with _full(world.folder / PAGE):
            await_word(world, "is behind since")
        await_word(world, "is up to date again")


@contextmanager
def _full(folder: Path) -> Iterator[None]:
    ballast = fill(folder)
    try:
        yield
    finally:
        ballast.unlink()


@scenario("F4", topologies=(ONE,), short=1, long=20, batch=4, around=small_disks, setups=SETUPS)
def read_only_page(world: World, runs: int, random: Random) -> None:
    """The page's disk is read-only for a while."""
    for _ in range(runs):
        remount_when_quiet(world.folder / PAGE, "ro")
        await_word(world, "is behind since")
        remount(world.folder / PAGE, "rw")
        await_word(world, "is up to date again")


def remount_when_quiet(folder: Path, how: str) -> None:
    """The kernel refuses while a file is open for writing."""
    deadline = time.monotonic() + 20
    while True:
        try:
            remount(folder, how)
        except AssertionError:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        else:
            return


@scenario("F4", topologies=(ONE,), short=1, long=15, around=dying_disk, setups=SETUPS)
def dying_disk_of_the_ledger(world: World, runs: int, random: Random) -> None:
    """The ledger's disk finds an error and turns read-only, until it is mounted anew."""
    disk = DISKS[world.folder]
    for _ in range(runs):
        disk.give_up()
        await_refusal(world)
        world.processes[0].kill()
        disk.mount_again()
        world.heal()
        await_ack(world)


_CALLS = {
    "fsync of the ledger": ("fsync,fdatasync", "error=EIO", True),
    "write to the ledger": ("pwrite64", "error=EIO", True),
    "fsync of the page": ("fsync", "error=EIO:when=2+3", False),
    "rename of the page": ("rename,renameat,renameat2", "error=EIO:when=2+3", False),
    "write to the page": ("write", "error=EIO:when=3+5", False),
    "a slow disk": ("fsync,fdatasync", "delay_enter=300ms", True),
}


@scenario("F5", topologies=(ONE,), short=6, long=60, batch=30, setups=SETUPS)
def failing_calls(world: World, runs: int, random: Random) -> None:
    """EIO for fsync, write and rename, of the ledger and of the page."""
    log = Path(f"{ledger(world)}-wal")
    for number in range(runs):
        name = list(_CALLS)[number % len(_CALLS)]
        calls, how, is_ledgers = _CALLS[name]
        world.notes[name] += 1
        child = world.processes[0].child
        assert child
        with failing(child.pid, calls, how, log if is_ledgers else None):
            time.sleep(random.uniform(0.3, 0.9))
        await_ack(world)


@scenario("F7", topologies=(ONE,), short=1, long=10, setups=SETUPS)
def locked_ledger(world: World, runs: int, random: Random) -> None:
    """Another process holds the write lock for ten seconds."""
    for _ in range(runs):
        with closing(sqlite3.connect(ledger(world), isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout=5000")
            other.execute("BEGIN IMMEDIATE")
            await_refusal(world)
            time.sleep(10 if runs > 1 else 3)
            other.execute("ROLLBACK")
        await_ack(world)


@scenario("F8", topologies=(ONE,), short=1, long=30, setups=SETUPS)
def missing_ledger(world: World, runs: int, random: Random) -> None:
    """The ledger's file is taken away under the running process, and brought back."""
    for _ in range(runs):
        path = ledger(world)
        away = path.rename(path.with_name("away.db"))
        await_refusal(world)
        for words in (("doctor",), ("incident", "list"), ("publish",)):
            with pytest.raises(AssertionError, match="file is gone"):
                world.duckrow(*words)
        time.sleep(random.uniform(0, 0.5))
        assert not path.exists(), "a new ledger was begun in the place of the one that is gone"
        away.rename(path)
        await_ack(world)


@scenario("F8", topologies=(ONE,), short=1, long=20, setups=SETUPS)
def ruined_ledger(world: World, runs: int, random: Random) -> None:
    """The ledger's file is overwritten or cut short, then a copy is brought back."""
    for number in range(runs):
        path = ledger(world)
        world.processes[0].stop()  # its log is in the file then
        whole = path.read_bytes()
        ruined = random.randbytes(len(whole)) if number % 2 else whole[: len(whole) // 3]
        path.write_bytes(ruined)
        world.processes[0].start()
        await_refusal(world)
        assert world.processes[0].alive
        world.processes[0].kill()
        for left in path.parent.glob(f"{path.name}-[ws]*"):
            left.unlink()
        path.write_bytes(whole)
        world.heal()
        await_ack(world)


_HOUR, _DAY = 3600, 86_400
_TIMES = (_HOUR, -_HOUR, _DAY, -_DAY, 30, -30, 0, -5 * 365 * _DAY)


@scenario(
    "F26", topologies=(ONE,), short=6, long=100, batch=20, every=0.5, setups=(BRISK, OWN_TIME)
)
def clock_jumps(world: World, runs: int, random: Random) -> None:
    """The clock is an hour, a day or years off, goes back, stands still; no request is too old."""
    clock = Clock(world.folder)
    for number in range(runs):
        if number % 3 == 2:
            clock.stand_still()
            await_shown(world)  # the thread's pace is by the clock: it goes on when that does
        else:
            clock.ahead(random.choice(_TIMES))
            await_told(world)
    clock.ahead(0)
    await_told(world)


def await_refusal(world: World) -> None:
    """Somebody is told that it is not saved."""
    before = len(_refused(world))
    world.wait_for(lambda: len(_refused(world)) > before)


def await_ack(world: World) -> None:
    """Somebody is told that it is saved."""
    began = time.monotonic()
    world.wait_for(
        lambda: any(
            one.answer.startswith("Saved") and (one.answered or 0) > began
            for one in world.journal.entries()
        )
    )


def await_told(world: World) -> None:
    """Somebody is told that it is saved, and page and channel hear of it."""
    await_shown(world)
    posts = len(posted(world.slack))
    world.wait_for(lambda: len(posted(world.slack)) > posts)


def await_shown(world: World) -> None:
    """Somebody is told that it is saved, and the page hears of it."""
    await_ack(world)
    revision = world.truth.revision()
    world.wait_for(lambda: _shown(world) >= revision)


def _shown(world: World) -> int:
    markers = map(world.marker, world.place.targets)
    return min(marker["revision"] if marker else 0 for marker in markers)


def _refused(world: World) -> list[str]:
    return [
        one.answer
        for one in world.journal.entries()
        if one.answer.startswith("Not saved") and "Your text: " in one.answer
    ]


def await_word(world: World, words: str) -> None:
    """The channel's last news of the page."""

    def heard() -> bool:
        news = page_news(world)
        return bool(news) and words in news[-1]

    world.wait_for(heard)


def page_news(world: World) -> list[str]:
    """What the channel heard of the page, in order."""
    return [one for one in _said(world) if "is behind since" in one or "up to date" in one]


def _said(world: World) -> list[str]:
    return [one.text for one in world.slack.messages(CHANNEL)]
