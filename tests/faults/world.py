"""A whole installation: the real processes, their Slack, their database, targets and readers.

with World(folder, server, place, MANY) as world:
    with world.typing(), world.reading():
        world.processes[0].kill()
        world.processes[0].start()
    world.settle()
    assert world.violations() == []
"""

import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from bot.sandbox import Sandbox, Workspace
from bot.sandbox.inbound.http_mode import HttpMode
from bot.sandbox.model.people import PEOPLE, Person, usual_channels
from tests.faults import people
from tests.faults.forkserver import Child, ForkServer, Launch
from tests.faults.in_time import carried_out_in_time
from tests.faults.invariants import Violation
from tests.faults.journal import Balanced, Entry, Journal
from tests.faults.looks import violations
from tests.faults.place import Place
from tests.faults.reader import Reader, reading
from tests.faults.truth import Rows, Truth
from tests.support.monitoring import Monitor
from tests.support.processes import environment
from tests.support.tools import unused_port

Setup = tuple[str, dict[str, Any]]

BRISK: Setup = ("tests.faults.child:brisk", {})
START_SECONDS = 30.0
COMPONENTS = {"www": "Home page", "class": "Class sites"}


@dataclass(frozen=True)
class Topology:
    """Which processes, on which kind of database, publishing to which kinds of targets."""

    name: str
    roles: tuple[str, ...]
    database: str
    targets: tuple[str, ...] = ("folder",)
    socket_mode: bool = False  # else Slack comes by HTTP


ONE = Topology("sqlite", ("run",), "sqlite")
ONE_SOCKET = replace(ONE, name="sqlite-socket", socket_mode=True)
MANY = Topology("postgresql", ("web", "web", "worker", "worker"), "postgresql")
MANY_S3 = replace(MANY, name="postgresql-s3", targets=("s3",))
MANY_BOTH = replace(MANY, name="postgresql-both", targets=("folder", "s3"))
TOPOLOGIES = {one.name: one for one in (ONE, ONE_SOCKET, MANY, MANY_S3, MANY_BOTH)}


class Process:
    """One of the installation's processes, which may be started again and again."""

    def __init__(self, server: ForkServer, launch: Launch, name: str) -> None:
        self.name = name
        self.launch = replace(launch, log=f"{name}.log")
        self.child: Child | None = None
        self._server = server

    @property
    def role(self) -> str:
        return self.launch.argv[0]

    @property
    def port(self) -> int | None:
        """Where it answers HTTP; None for one that never does."""
        port = self.launch.env.get("PORT")
        return int(port) if port else None

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.alive

    def start(self, *setups: Setup) -> Child:
        """Start it; `setups` are done to the child beside the usual ones."""
        launch = replace(self.launch, setups=(*self.launch.setups, *setups))
        self.child = self._server.start(launch)
        return self.child

    def kill(self) -> None:
        if self.child:
            self.child.kill()

    def stop(self) -> int:
        """In good order; the status, as a shell would say it."""
        assert self.child
        return self.child.stop()

    def signal(self, number: int) -> None:
        assert self.child
        self.child.signal(number)


class World:
    """One installation in `folder`. `setups` are done to every process; `env` adds settings."""

    def __init__(
        self,
        folder: Path,
        server: ForkServer,
        place: Place,
        topology: Topology,
        *,
        seed: int = 0,
        setups: Sequence[Setup] = (BRISK,),
        env: dict[str, str] | None = None,
    ) -> None:
        self.folder, self.place, self.topology, self.seed = folder, place, topology, seed
        self.server = server
        self.slack = Sandbox(_workspace(), event_retries=(0.2, 1.0, 1.0))
        self.readers: list[Reader] = []
        self._setups, self._more = tuple(setups), env or {}
        self._stack = ExitStack()
        self.processes: list[Process] = []
        self.recovered_in = 0.0
        # What the rows are judged as: a ledger that lost some of its history may know it by heart.
        self.history: Callable[[Rows], Rows] = lambda rows: rows
        self.notes: Counter[str] = Counter()  # what a scenario counts

    def __enter__(self) -> Self:
        self._stack.enter_context(carried_out_in_time())
        self._stack.enter_context(self.slack)
        self._stack.callback(self._kill_all)
        self._build()
        self.truth = Truth(self.place.database_url)
        self._stack.callback(self.truth.close)
        for process in self.processes:
            process.start()
        self.await_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # --- making it

    def _build(self) -> None:
        listening = [role for role in self.topology.roles if self._listens(role)]
        ports = [unused_port() for _ in listening]
        ways = [
            HttpMode(f"http://127.0.0.1:{port}/slack/events", self.slack.signing_secret)
            for port in ports
        ]
        way = self.slack.sockets if self.topology.socket_mode else Balanced(ways, self.seed)
        self.journal = Journal(way)
        self.slack._delivery.transport = self.journal
        self.env = self._environment()
        self._prepare()
        left = iter(ports)
        for number, role in enumerate(self.topology.roles, start=1):
            env = self.env | ({"PORT": str(next(left))} if self._listens(role) else {})
            launch = Launch((role,), str(self.folder), env, setups=self._setups)
            self.processes.append(Process(self.server, launch, f"{role}.{number}"))

    def _listens(self, role: str) -> bool:
        return role != "worker" and not self.topology.socket_mode

    def _environment(self) -> dict[str, str]:
        env = environment(
            self.folder,
            self.slack,
            SLACK_APP_TOKEN=self.slack.app_token if self.topology.socket_mode else "",
            SLACK_SIGNING_SECRET=self.slack.signing_secret,
            HOST="127.0.0.1",
            DATABASE_URL=self.place.database_url,
            PUBLISH_URL=" ".join(target.url for target in self.place.targets),
            PAGE_URL=self.place.targets[0].base,
        )
        for target in self.place.targets:
            env |= target.env
        return env | dict(self.place.env) | self._more

    def _prepare(self) -> None:
        self.duckrow("db", "upgrade")
        for slug, name in COMPONENTS.items():
            self.duckrow("components", "add", slug, name)

    def duckrow(self, *words: str, **env: str) -> str:
        """Run one command to its end; what it printed. Raises when it fails."""
        said = self.folder / "command.log"
        said.write_text("")
        launch = Launch(words, str(self.folder), self.env | env, said.name)
        status = self.server.run(launch)
        printed = said.read_text()
        assert status == 0, printed
        return printed

    def _kill_all(self) -> None:
        for process in self.processes:
            process.kill()

    # --- using it

    def typing(self, **how: Any) -> AbstractContextManager[list[people.Responder]]:
        """People type while the block runs; see people.typing."""
        return people.typing(self.slack, self.journal, seed=self.seed, **how)

    def insist(self, person: str, line: str) -> Entry:
        """Somebody types a line until it is saved."""
        return people.insist(self.slack, self.journal, person, line)

    @contextmanager
    def reading(self) -> Iterator[list[Reader]]:
        """Every target is read while the block runs."""
        bases = [target.base for target in self.place.targets]
        with reading(bases) as readers:
            self.readers += readers
            yield readers

    def heal(self) -> None:
        """Start whatever is not running."""
        for process in self.processes:
            if not process.alive:
                process.kill()
                process.start()

    def await_ready(self, seconds: float = START_SECONDS) -> None:
        """Until Slack reaches every process that it asks, knows us, and the page is there."""
        self.wait_for(self.truth.known_in_slack, seconds)
        for process in self.processes:
            self.await_answers(process)
        self.wait_for(lambda: all(map(self.marker, self.place.targets)), seconds)

    def await_answers(self, process: Process) -> None:
        """Until Slack reaches a process, where it asks it at all."""
        self.wait_for(lambda: self.answers(process))

    def answers(self, process: Process) -> bool:
        """Whether Slack reaches it; True for one that it never asks."""
        if self.topology.socket_mode:
            return bool(self.slack.sockets.connections)
        return not process.port or _answers(f"http://127.0.0.1:{process.port}/healthz")

    def await_ill(self, check: str) -> None:
        """Until every process that can be asked says that this is not in order."""
        self.wait_for(lambda: all(check in one.wrong() for one in self._monitors()))

    def await_in_order(self) -> None:
        """Until every process that can be asked says that all is in order again."""
        self.wait_for(lambda: not any(one.wrong() for one in self._monitors()))

    def _monitors(self) -> list[Monitor]:
        return [Monitor(process.port) for process in self.processes if process.port]

    def settle(self, seconds: float = 60.0) -> float:
        """Until page and Slack have caught up with the ledger; seconds until the page had.

        Raises TimeoutError when they do not, or when Slack is told nothing new for so long.
        """
        began = time.monotonic()
        self.wait_for(self._page_is_current, seconds)
        self.recovered_in = time.monotonic() - began
        self.await_rest(seconds)
        return self.recovered_in

    def await_rest(self, seconds: float = 60.0) -> None:
        """As `settle`, of a change that no fault delayed: how long it takes is not kept."""
        self.wait_for(self._page_is_current, seconds)
        while untold := self.truth.untold():
            self.wait_for(lambda untold=untold: self.truth.untold() < untold, seconds)

    def _page_is_current(self) -> bool:
        revision = self.truth.revision()
        markers = [self.marker(target) for target in self.place.targets]
        return all(one and one["revision"] == revision and not one.get("next") for one in markers)

    def marker(self, target: Any) -> dict[str, Any] | None:
        """What a target says it shows, as any reader hears it."""
        try:
            with urllib.request.urlopen(f"{target.base}.duckrow/revision.json") as answer:
                said: dict[str, Any] = json.load(answer)
                return said
        except urllib.error.HTTPError as error:
            error.close()
            return None

    def wait_for(self, condition: Any, seconds: float = START_SECONDS) -> None:
        """Raises TimeoutError, with what the processes said."""
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                raise TimeoutError(f"not within {seconds} s\n{self.logs()}")
            time.sleep(0.03)

    def logs(self, characters: int = 3000) -> str:
        """The end of what each process printed."""
        every = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {one.name}\n{one.read_text()[-characters:]}" for one in every)

    def violations(self) -> list[Violation]:
        """What does not hold, once all has settled."""
        return violations(self)


def _workspace() -> Workspace:
    cyd = Person("U00000CYD", "cyd", "Cyd Charles")
    channels = usual_channels()
    channels[0].members.add(cyd.id)
    return Workspace(people=(*PEOPLE, cyd), channels=channels, rate_limits=False)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
