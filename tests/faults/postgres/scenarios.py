"""F9 to F15: what can happen to PostgreSQL, with a synchronous standby, while people type."""

import fcntl
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from random import Random

import psycopg

from bot.publish.targets.folder import LOCK
from tests.faults.invariants import LOADED
from tests.faults.journal import Outcome
from tests.faults.machine.scenarios import await_refusal
from tests.faults.postgres.place import pair_of, paired
from tests.faults.scenario import scenario
from tests.faults.world import MANY, MANY_BOTH, Process, World
from tests.support.clusters import NAME, Cluster

ANSWERS = 6  # two of each person: who stood still gave up the first one
STILL = 10.0  # seconds that a machine may stand still
FIRST_ACK = 2.0  # seconds from a promotion until the first update is saved, at most

_OURS = f"datname = '{NAME}' AND pid <> pg_backend_pid()"
_IN_COMMIT = "wait_event = 'SyncRep'"
_TURN = "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"
_STAGES = {
    "idle": "state = 'idle'",
    "in a transaction": "state = 'idle in transaction'",
    "in a query": "state = 'active'",
    "any": "true",
}


@scenario("F9", topologies=(MANY, MANY_BOTH), short=2, long=50, batch=25, around=paired)
def failovers(world: World, runs: int, random: Random) -> None:
    """The primary is killed, its standby promoted; later it comes back as the new one's standby."""
    for _ in range(runs):
        time.sleep(random.uniform(0.3, 1.0))
        pair_of(world).primary.kill()
        time.sleep(random.uniform(0, 0.5))
        promote(world)
        pair_of(world).bring_back()


@scenario("F10", topologies=(MANY,), short=2, long=20, batch=15, around=paired)
def frozen_standbys(world: World, runs: int, random: Random) -> None:
    """The standby stands still, so commits hang; then it goes on, or is promoted."""
    for number in range(runs):
        pair_of(world).standby.freeze()
        frozen = time.monotonic()  # what began while it froze, it may still have confirmed
        time.sleep(random.uniform(1, 2))
        await_answers(world, frozen)
        nothing_was_saved(world, frozen, time.monotonic())
        world.await_ill("ledger")
        nothing_was_saved(world, frozen, time.monotonic())
        if number % 2:
            pair_of(world).standby.thaw()
            world.notes["gone on"] += 1
        else:
            lose_the_primary(world)
        await_ack(world, time.monotonic())


@scenario("F10", topologies=(MANY,), short=1, long=10, batch=10, around=paired)
def cancelled_commits(world: World, runs: int, random: Random) -> None:
    """Somebody cancels commits that hang, which makes them succeed; then the primary is lost."""
    for _ in range(runs):
        pair_of(world).standby.freeze()
        frozen = time.monotonic()  # what began while it froze, it may still have confirmed
        cancel_commits(world, random.uniform(1, 4), frozen)
        nothing_was_saved(world, frozen, time.monotonic())
        lose_the_primary(world)


@scenario("F12", topologies=(MANY,), short=2, long=20, batch=15, around=paired)
def old_primaries(world: World, runs: int, random: Random) -> None:
    """The old primary is back, and accepts writes, clients still attached; it never commits one."""
    for number in range(runs):
        pair = pair_of(world)
        attached = number % 2 == 0
        pair.primary.freeze() if attached else pair.primary.kill()
        time.sleep(random.uniform(0, 0.5))
        promote(world)
        pair.standby.thaw() if attached else pair.standby.start()
        world.notes["attached" if attached else "restarted"] += 1
        await_ack(world, time.monotonic() + random.uniform(1, 3))
        pair.bring_back()


@scenario("F2", topologies=(MANY,), short=2, long=20, batch=20, around=paired)
def lost_turns(world: World, runs: int, random: Random) -> None:
    """A worker stands still for longer than its turn lasts; the other one goes on publishing."""
    workers = [process for process in world.processes if process.role == "worker"]
    for number in range(runs):
        still = workers[number % 2]  # one of the two had the turn
        stand_still(world, still)
        acked = await_ack(world, time.monotonic())
        await_published(world, acked)
        time.sleep(random.uniform(0, 3))
        still.signal(signal.SIGCONT)
        time.sleep(random.uniform(0.5, 1.5))
        world.notes["ended sessions of the turn"] += end_sessions(pair_of(world).primary, _TURN)


@scenario("F13", topologies=(MANY,), short=8, long=200, batch=100, around=paired)
def ended_sessions(world: World, runs: int, random: Random) -> None:
    """Sessions are terminated at each stage of a command."""
    for _ in range(runs):
        stage = random.choice([*_STAGES, "in the commit"])
        if stage == "in the commit":
            world.notes[stage] += end_in_the_commit(world)
        else:
            world.notes[stage] += end_sessions(pair_of(world).primary, _STAGES[stage])
        time.sleep(random.uniform(0, 0.4))


@scenario("F13", topologies=(MANY,), short=1, long=20, batch=20, around=paired)
def switchovers(world: World, runs: int, random: Random) -> None:
    """The primary becomes read-only, then stops in good order; its standby takes over."""
    for _ in range(runs):
        pair = pair_of(world)
        pair.primary.set(default_transaction_read_only="on")
        time.sleep(random.uniform(0.2, 1.0))
        pair.primary.stop()
        pair.standby.set(default_transaction_read_only="off")
        promote(world)
        pair.bring_back()


@scenario("F14", topologies=(MANY,), short=1, long=15, batch=3, around=paired)
def full_servers(world: World, runs: int, random: Random) -> None:
    """Every connection that the server grants is taken by somebody else."""
    for _ in range(runs):
        with every_connection(world, pair_of(world).primary):
            await_refusal(world)
            world.await_ill("ledger")
            time.sleep(random.uniform(0, 2))
        await_ack(world, time.monotonic())


@scenario("F15", topologies=(MANY,), short=2, long=40, batch=30, around=paired)
def held_locks(world: World, runs: int, random: Random) -> None:
    """Somebody holds the page's lock for long, or takes locks the other way round."""
    for number in range(runs):
        if number % 2:
            world.wait_for(lambda: is_deadlock(world, random.uniform(0.1, 0.5)))
        else:
            hold_the_page(world, random.uniform(0, 3))
        await_ack(world, time.monotonic())


def promote(world: World) -> None:
    """The standby is the primary, confirmed by nobody; the first ack comes soon."""
    promoted = time.monotonic()
    pair_of(world).promote()
    pair_of(world).stand_alone()
    took = await_ack(world, promoted) - promoted
    world.notes[_how_soon(took)] += 1
    assert took < FIRST_ACK * LOADED, f"the first ack came {took:.1f} s after the promotion"


def _how_soon(took: float) -> str:
    limits = (0.1, 0.2, 0.5, 1.0, FIRST_ACK)
    return next((f"first ack in {most} s" for most in limits if took <= most), "first ack later")


def await_ack(world: World, since: float) -> float:
    """When the first update was acknowledged that somebody typed... after `since`, monotonic."""

    def acked() -> list[float]:
        return [
            one.answered
            for one in world.journal.entries()
            if one.outcome is Outcome.ACKED and one.answered and one.answered > since
        ]

    world.wait_for(acked)
    return min(acked())


def stand_still(world: World, worker: Process) -> None:
    """But not amid a write: who holds the folder keeps the others from it."""
    lock = world.folder / "public" / LOCK
    while True:
        worker.signal(signal.SIGSTOP)
        with lock.open() as file, suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return
        worker.signal(signal.SIGCONT)
        world.notes["stopped amid a write, and let go on"] += 1
        time.sleep(0.05)


def await_published(world: World, since: float) -> None:
    """Until readers saw a revision that is newer than that moment."""
    began = world.truth.revision()
    world.wait_for(
        lambda: any(
            sight.at > since and isinstance(sight.stated, int) and sight.stated >= began
            for reader in world.readers
            for sight in reader.sights
        )
    )


def await_answers(world: World, since: float) -> None:
    """Until something typed since was answered, as by liars, or it is seen that nothing can be."""
    monitors = world._monitors()
    world.wait_for(
        lambda: (
            has_answered(world, since) >= ANSWERS
            or any("ledger" in one.wrong() for one in monitors)
        )
    )


def has_answered(world: World, since: float) -> int:
    """How often something was, or given up."""
    return sum(one.invoked > since and bool(one.answered) for one in world.journal.entries())


def nothing_was_saved(world: World, since: float, until: float) -> None:
    """No ack to anything that was typed while the standby could not confirm it."""
    lies = [
        one.line
        for one in world.journal.entries()
        if one.outcome is Outcome.ACKED
        and one.invoked > since
        and one.answered
        and one.answered < until
    ]
    assert lies == [], "acknowledged, and on one server only"


def lose_the_primary(world: World) -> None:
    """While its standby stands still, which is promoted as it was then."""
    pair_of(world).primary.kill()
    pair_of(world).standby.thaw()
    promote(world)
    pair_of(world).bring_back()


def cancel_commits(world: World, seconds: float, frozen: float) -> None:
    """What an impatient administrator does about commits that hang, until some of them answered."""
    asked = f"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE {_OURS} AND {_IN_COMMIT}"
    until = time.monotonic() + seconds
    while time.monotonic() < until or not _is_enough(world, frozen, until + STILL):
        world.notes["cancelled"] += len(pair_of(world).primary.execute(asked))
        time.sleep(0.05)


def _is_enough(world: World, frozen: float, late: float) -> bool:
    """Liars are soon caught; whoever is honest is not asked again for long."""
    is_answered = has_answered(world, frozen) >= ANSWERS or time.monotonic() > late
    return is_answered and bool(world.notes["cancelled"])


def end_sessions(primary: Cluster, stage: str) -> int:
    """How many were at that stage, and are no more."""
    asked = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {_OURS} AND {stage}"
    return len(primary.execute(asked))


def end_in_the_commit(world: World) -> int:
    """The standby stands still until somebody is caught in their commit."""
    pair = pair_of(world)
    ended, until = 0, time.monotonic() + 2.0
    pair.standby.freeze()
    while not ended and time.monotonic() < until:
        ended = end_sessions(pair.primary, _IN_COMMIT)
    pair.standby.thaw()
    return ended


@contextmanager
def every_connection(world: World, primary: Cluster) -> Iterator[None]:
    """Ours are ended, again and again, until others were quicker to take each one's place."""
    with ExitStack() as stack:
        admin = stack.enter_context(primary.connect())
        asked = f"SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE {_OURS}"
        while _take_all(primary, stack) or admin.execute(asked.encode()).fetchall():
            world.notes["rounds until all were taken"] += 1
        yield


def _take_all(primary: Cluster, stack: ExitStack) -> bool:
    """False when there was none to take."""
    taken = False
    with suppress(psycopg.OperationalError):
        while True:
            stack.enter_context(primary.connect())
            taken = True
    return taken


def hold_the_page(world: World, seconds: float) -> None:
    """Until somebody was refused, and for so long then."""
    with pair_of(world).primary.connect(NAME) as other, other.transaction():
        other.execute("SELECT 1 FROM page FOR UPDATE")
        await_refusal(world)
        time.sleep(seconds)


def is_deadlock(world: World, seconds: float) -> bool:
    """Ask for the page's lock after an incident's; the program has them the other way round."""
    try:
        with pair_of(world).primary.connect(NAME) as other, other.transaction():
            other.execute("SELECT 1 FROM incident FOR UPDATE")
            time.sleep(seconds)
            other.execute("SELECT 1 FROM page FOR UPDATE")
    except psycopg.errors.DeadlockDetected:
        world.notes["deadlocks"] += 1
        return True
    return False
