"""F17 to F20: what Slack can do to us while people type."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

from bot.sandbox.faults import SOCKET_FAULTS, Fault, Faults
from tests.faults.journal import Outcome
from tests.faults.machine.scenarios import await_ack
from tests.faults.people import CHANNEL
from tests.faults.scenario import scenario
from tests.faults.slack.deliveries import Mishaps
from tests.faults.truth import posted
from tests.faults.world import BRISK, MANY, ONE, ONE_SOCKET, Setup, World

_IMPATIENT: Setup = ("tests.faults.slack.children:impatient", {})
_OWN_PACE: Setup = ("tests.faults.slack.children:at_its_own_pace", {})
_PLENTY = 10**6  # how often a fault may happen
_LATE = 1.1  # seconds: after the program gave the call up, well before it looks for its effect

Options = Mapping[str, Any]

# What Slack answered, or did not; of each call nobody knows but Slack whether it had its effect.
_ANSWERS: tuple[tuple[str, Options], ...] = (
    ("ratelimited", {"seconds": 1}),
    ("html", {"status": 503}),
    ("html", {"status": 500}),
    ("html", {"status": 200}),
    ("html_done", {"status": 502}),
    ("body", {}),
    ("body_done", {}),
    ("body", {"body": "[]"}),
    ("body_done", {"body": '{"ok": true}'}),
    ("body_done", {"body": '{"ok": tru'}),
    ("truncate", {}),
    ("hang", {"seconds": 2}),
    *(
        ("error", {"error": error})
        for error in (
            *("ratelimited", "rate_limited", "fatal_error", "internal_error", "request_timeout"),
            *("service_unavailable", "invalid_auth", "token_revoked", "account_inactive"),
            *("not_authed", "missing_scope", "channel_not_found", "not_in_channel", "is_archived"),
            *("restricted_action", "some_new_error"),
        )
    ),
    ("error_done", {"error": "fatal_error"}),
    ("error_done", {"error": "internal_error"}),
)
_ALWAYS = (
    *("chat.postMessage", "chat.update", "chat.*", "conversations.*", "response_url", "users.*"),
    *("chat.postMessage", "chat.update"),
)
_AT_START = ("auth.test", "bots.info", "users.list")

_AMBIGUOUS: tuple[tuple[str, Options], ...] = (
    ("close_done", {}),
    ("reset_done", {}),
    ("truncate", {}),
    ("html_done", {}),
    ("close", {}),
    ("reset", {}),
    ("late", {"seconds": _LATE}),
    ("slow", {"seconds": _LATE}),
    ("error_done", {"error": "internal_error"}),
    ("ratelimited", {"seconds": 1}),
)


@scenario(
    "F17",
    topologies=(ONE, MANY),
    short=10,
    long=300,
    batch=60,
    every=0.4,
    setups=(BRISK, _IMPATIENT),
)
def bad_answers(world: World, runs: int, random: Random) -> None:
    """429, 5xx, HTML, nothing, half an answer, a refusal of each kind, to each method."""
    for number in range(runs):
        at_start = number % 5 == 4
        where = random.choice(_AT_START if at_start else _ALWAYS)
        kind, options = random.choice(_ANSWERS)
        with going_wrong(world, where, kind, **options):
            if at_start:
                victim = random.choice(world.processes)
                victim.kill()
                victim.start()
            time.sleep(random.uniform(0.3, 0.8))
        time.sleep(random.uniform(0, 0.4))


@contextmanager
def _noting(faults: Faults) -> Iterator[list[float]]:
    """When each fault happened, by the sandbox's clock: whoever looks later may look too late."""
    taken: list[float] = []
    take = faults.take

    def noted(where: str, table: Any) -> Fault | None:
        if fault := take(where, table):
            taken.append(time.time())
        return fault

    vars(faults)["take"] = noted
    try:
        yield taken
    finally:
        vars(faults)["take"] = take


@contextmanager
def going_wrong(
    world: World, where: str, kind: str, probability: float = 1.0, **options: Any
) -> Iterator[Fault]:
    """A fault while the block runs; the notes say how often it happened."""
    faults = world.slack.faults
    fault = faults.add(where, kind, times=_PLENTY, probability=probability, **options)
    try:
        yield fault
    finally:
        faults.clear()
        world.notes[f"{where}: {options.get('error', kind)}"] += happened(fault)


def happened(fault: Fault) -> int:
    """How often."""
    return _PLENTY - (fault.times or 0)


@scenario("F17", topologies=(ONE,), short=2, long=30, batch=30, every=1.0)
def rate_limits(world: World, runs: int, random: Random) -> None:
    """429 with Retry-After: nothing is sent to the channel before that has passed."""
    for _ in range(runs):
        seconds = random.choice((2, 3))
        with _noting(world.slack.faults) as taken:
            world.slack.faults.add("chat.*", "ratelimited", seconds=seconds)
            world.wait_for(lambda taken=taken: taken)
        limited = taken[0]
        time.sleep(seconds)
        early = [
            f"{call.method} after {call.at - limited:.3f} s"
            for call in world.slack.calls
            if call.method.startswith("chat.") and limited < call.at < limited + seconds
        ]
        assert early == [], f"Slack said: not before {seconds} s; {early}"
        await_posts(world)


@scenario(
    "F17",
    topologies=(ONE, MANY),
    short=3,
    long=30,
    batch=12,
    every=1.0,
    setups=(BRISK, _IMPATIENT),
)
def refusals(world: World, runs: int, random: Random) -> None:
    """The channel is archived, the bot is put out of it, the token revoked; then put right."""
    for number in range(runs):
        with (archived, put_out, revoked)[number % 3](world):
            world.duckrow(*_told_by_hand(number))  # nobody can type into an archived channel
            await_page(world)
            await_refused(world)
            time.sleep(random.uniform(0, 1))
        await_posts(world)


@contextmanager
def archived(world: World) -> Iterator[None]:
    channel = world.slack.workspace.channel(CHANNEL)
    channel.is_archived = True
    world.notes["archived"] += 1
    try:
        yield
    finally:
        channel.is_archived = False


@contextmanager
def put_out(world: World) -> Iterator[None]:
    world.slack.leave("duckrow", CHANNEL)
    world.notes["put out"] += 1
    try:
        yield
    finally:
        world.slack.join("duckrow", CHANNEL)


@contextmanager
def revoked(world: World) -> Iterator[None]:
    world.slack.workspace.app.token_error = "token_revoked"
    world.notes["revoked"] += 1
    world.await_ill("slack")
    try:
        yield
    finally:
        world.slack.workspace.app.token_error = None


def await_refused(world: World) -> None:
    """Until a post was tried, and not taken."""
    before = len(world.slack.called("chat.postMessage"))
    there = len(posted(world.slack))
    world.wait_for(lambda: len(world.slack.called("chat.postMessage")) > before + 1)
    assert len(posted(world.slack)) <= there + 1  # one may have been under way


def await_posts(world: World) -> None:
    """Until Slack has a message more."""
    there = len(posted(world.slack))
    world.wait_for(lambda: len(posted(world.slack)) > there)


def await_told(world: World, seconds: float = 120) -> None:
    """Until Slack has all that was told so far; people go on typing."""
    until = world.truth.revision()
    world.wait_for(lambda: not world.truth.untold(until), seconds=seconds)


def await_page(world: World) -> None:
    """Until every reader may see all that was told so far."""
    revision = world.truth.revision()
    world.wait_for(
        lambda: all(
            (world.marker(one) or {}).get("revision", 0) >= revision for one in world.place.targets
        )
    )


def _told_by_hand(number: int) -> tuple[str, ...]:
    return ("incident", "open", f"By hand {number}", "|", f"said at the command line, {number}")


@scenario(
    "F18",
    topologies=(ONE, MANY),
    short=25,
    long=1000,
    batch=250,
    every=1.2,
    setups=(BRISK, _IMPATIENT),
)
def ambiguous_calls(world: World, runs: int, random: Random) -> None:
    """So many updates with three calls in ten failing, done or not, nobody knows."""
    del random
    faults = world.slack.faults
    each = 0.3 / len(_AMBIGUOUS)
    added = [
        (kind, faults.add("chat.*", kind, times=_PLENTY, probability=each, **options))
        for kind, options in _AMBIGUOUS
    ]
    world.wait_for(lambda: world.journal.count(Outcome.ACKED) >= runs, seconds=max(120, runs * 3))
    await_told(world, seconds=max(120, runs))
    faults.clear()
    for kind, fault in added:
        world.notes[kind] += happened(fault)


@scenario("F19", topologies=(ONE, ONE_SOCKET, MANY), short=30, long=1000, batch=200, every=0.2)
def deliveries(world: World, runs: int, random: Random) -> None:
    """Of the deliveries a third comes twice, late, reordered, not at all, or unacknowledged."""
    way = world.journal.way
    world.journal.way = mishaps = Mishaps(way, random, 0.3)
    world.wait_for(lambda: mishaps.counts.total() >= runs, seconds=max(60, runs))
    world.journal.way = way
    mishaps.join()
    world.notes.update(mishaps.counts)


@scenario("F19", topologies=(ONE_SOCKET,), short=7, long=105, batch=70, every=0.1)
def sockets(world: World, runs: int, random: Random) -> None:
    """A Socket Mode connection ends in one of seven ways, in the middle of commands."""
    for number in range(runs):
        how = list(SOCKET_FAULTS)[number % len(SOCKET_FAULTS)]
        time.sleep(random.uniform(0.1, 0.6))
        cut_one(world, how, random.randrange(2))
        world.notes[how] += 1
        await_ack(world)


def cut_one(world: World, how: str, index: int) -> None:
    """Of two; once more where one was given up after they were counted, as in a black hole."""
    while True:
        world.slack.wait_for_connections(2, seconds=30)  # one that is cut takes its time
        with suppress(IndexError):
            world.slack.cut(how, index)
            return


@scenario(
    "F20", topologies=(ONE, ONE_SOCKET), short=1, long=10, batch=5, every=8.0, setups=(_OWN_PACE,)
)
def slack_is_down(world: World, runs: int, random: Random) -> None:
    """Nobody answers at Slack; people go on at the command line, and all is told afterwards."""
    world.slack.workspace.rate_limits = True
    for number in range(runs):
        with world.slack.down():
            for line in range(4):
                world.duckrow(*_told_by_hand(100 * number + line))
                await_page(world)
                time.sleep(random.uniform(0.2, 0.6))
        world.wait_for(lambda: world.truth.untold() <= 1, seconds=90)
    _ensure_one_a_second(world)


def _ensure_one_a_second(world: World) -> None:
    """From when the first was on the books: on its way to Slack it may have stood still."""
    begun = {row["id"]: row["attempt_at"].timestamp() for row in world.truth.rows().delivery}
    told = [one for one in posted(world.slack) if one.delivery]
    for first, fifth in zip(told, told[5:], strict=False):
        assert float(fifth.ts) - begun[first.delivery] > 4.5, "more than one message a second"
