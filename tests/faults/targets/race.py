"""Publishers that race for the same objects, each late by chance, over a way that fails by chance.

    python -m tests.faults.targets.race --puts 10000 --seed 7 --keep

The store itself notes what it took, in order; readers ask it all the while. Nobody may ever see an
older revision at an address than was there before, and in the end the newest stands everywhere.
"""

import argparse
import http.client
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random

from bot.publish import TargetError, open_target
from bot.publish.errors import Outrun
from bot.publish.marker import PATH, Marker
from bot.publish.targets import File, Target
from tests.faults import report
from tests.faults.report import Row
from tests.support.s3 import Request, Store, new_bucket, road_to, running_s3
from tests.support.telling import NOON

DOCUMENTS = ("index.html", "history.atom", "api/v2/status.json", "incidents/a/index.html")
PUBLISHERS = 2
_LATEST = 0.004  # seconds between a publisher's look at the ledger and its first put, at most
_SHARE = 20  # each goes on until it has tried once for so many puts
_FAULTS = ("deaf", "torn", "refuse", "503")


@dataclass
class Race:
    """What came of it."""

    seed: int
    puts: int  # that the store shall take, at least
    asked: int = 0  # puts that were asked for
    taken: int = 0  # by the store
    outrun: int = 0  # publications that left it to somebody newer
    failed: int = 0  # that the faults made give up, to be tried again
    reads: int = 0
    backward: list[str] = field(default_factory=list)
    seconds: float = 0.0
    rounds: Counter[str] = field(default_factory=Counter)  # of each publisher

    @property
    def is_over(self) -> bool:
        """Where one stood still, the other ran alone: that was no race."""
        fewest = min(self.rounds.values()) if len(self.rounds) == PUBLISHERS else 0
        return self.taken >= self.puts and fewest >= self.puts // _SHARE

    def row(self) -> Row:
        """For the table of all faults; its runs are the puts that were taken."""
        what = f"{PUBLISHERS} publishers race for the same objects, with no turn between them"
        return Row(
            *("F24", "race", "s3", what),
            runs=self.taken,
            seed=self.seed,
            reads=self.reads,
            seconds=self.seconds,
            violations={"I6": len(self.backward)} if self.backward else {},
            found=self.backward[:10],
            by=f"python -m tests.faults.targets.race --puts {self.puts} --seed {self.seed}",
        )

    def __str__(self) -> str:
        return (
            f"{self.taken} puts taken of {self.asked} by {PUBLISHERS} publishers, {self.outrun} "
            f"times outrun, {self.failed} failed, {self.reads} reads, {self.seconds:.0f} s, "
            f"seed {self.seed}: {len(self.backward)} backwards"
        )


class _Noted:
    """What the store took: per address, it may never go down."""

    def __init__(self, race: Race) -> None:
        self.newest: dict[str, int] = defaultdict(int)
        self._race = race

    def __call__(self, path: str, revision: int) -> None:
        self._race.taken += 1
        if revision < self.newest[path]:
            self._race.backward.append(f"{path} went from {self.newest[path]} to {revision}")
        self.newest[path] = max(self.newest[path], revision)


class _Ledger:
    """The newest revision; everybody's next one is above all before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.revision = 0

    def tell(self) -> int:
        with self._lock:
            self.revision += 1
            return self.revision


class _Publisher(threading.Thread):
    """Publishes what it saw a moment ago, with the ETags that it remembers."""

    def __init__(self, target: Target, ledger: _Ledger, race: Race, random: Random) -> None:
        super().__init__()
        self.target, self.ledger, self.race, self.random = target, ledger, race, random
        self.etags: dict[str, str | None] = {}

    def run(self) -> None:
        while not self.race.is_over:
            self.race.rounds[self.name] += 1
            revision = self.ledger.tell()
            time.sleep(self.random.uniform(0, _LATEST))
            self.publish(revision)

    def publish(self, revision: int) -> bool:
        self.race.asked += len(DOCUMENTS) + 1
        try:
            self._publish(_marker(revision))
        except Outrun:
            self.race.outrun += 1
        except TargetError:
            self.race.failed += 1
        else:
            return True
        self.etags.clear()
        return False

    def _publish(self, intent: Marker) -> None:
        files = [_file(path, intent.revision, self.etags.get(path)) for path in DOCUMENTS]
        with self.target.writing(self.target.marker(), intent) as writer:
            done = [*writer.put(files[1:]), *writer.put(files[:1])]
            writer.mark(intent)
        self.etags = dict(zip((*DOCUMENTS[1:], DOCUMENTS[0]), done, strict=True))


def _marker(revision: int) -> Marker:
    shown = Marker("page", revision, f"change {revision}", "program", time=NOON, checked_at=NOON)
    return replace(shown)


def _file(path: str, revision: int, etag: str | None) -> File:
    return File(path, f"revision {revision}".encode(), "text/html", "no-cache", revision, etag)


@contextmanager
def _reading(store: Store, race: Race) -> Iterator[None]:
    """Somebody reads every document as fast as the store answers."""
    done = threading.Event()
    thread = threading.Thread(target=_read, args=(store, race, done))
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _read(store: Store, race: Race, done: threading.Event) -> None:
    connection = http.client.HTTPConnection(store.endpoint.removeprefix("http://"), timeout=30)
    newest: dict[str, int] = defaultdict(int)
    while not done.wait(0.002):
        for path in DOCUMENTS:
            connection.request("GET", f"/{store.bucket}/page/{path}")
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != http.client.OK:
                continue  # nobody has put it yet
            race.reads += 1
            shown = int(body.removeprefix(b"revision "))
            if shown < newest[path]:
                race.backward.append(f"a reader saw {path} go from {newest[path]} to {shown}")
            newest[path] = max(newest[path], shown)
    connection.close()


def run(puts: int, seed: int, *, faulty: float = 0.03) -> Race:
    """Race until the store took so many puts; then let the newest finish, and look."""
    race, random = Race(seed, puts), Random(seed)
    began = time.monotonic()
    with running_s3(noting=_Noted(race)) as endpoint, road_to(endpoint) as road:
        store = new_bucket(endpoint)

        def fault(request: Request) -> str:
            is_hit = request.method == "PUT" and random.random() < faulty
            return random.choice(_FAULTS) if is_hit else "pass"

        road.fault = fault
        access = replace(store.access, endpoint=road.endpoint)
        ledger = _Ledger()
        with _reading(store, race):
            racers = [
                _Publisher(open_target(store.url, access), ledger, race, Random(random.random()))
                for _ in range(PUBLISHERS)
            ]
            _race(racers)
            road.fault = lambda _: "pass"
            _finish(racers[0], ledger)
        race.backward += _not_newest(store, ledger.revision)
    race.seconds = time.monotonic() - began
    return race


def _race(racers: Sequence[_Publisher]) -> None:
    for one in racers:
        one.start()
    for one in racers:
        one.join()


def _finish(publisher: _Publisher, ledger: _Ledger) -> None:
    """The newest is published once all is well, as the loop would."""
    revision = ledger.tell()
    for _ in range(5):
        if publisher.publish(revision):
            return
    raise AssertionError("the newest revision could not be published")


def _not_newest(store: Store, revision: int) -> list[str]:
    shown = {path: store.revision(path) for path in (*DOCUMENTS, PATH)}
    return [f"{path} shows {at}, not {revision}" for path, at in shown.items() if at != revision]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--puts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="put it into the docs' table")
    said = parser.parse_args()
    race = run(said.puts, said.seed)
    if said.keep:
        report.keep([race.row()])
        report.write_table()
    sys.stdout.write("\n".join([str(race), *race.backward[:10], ""]))
    return 1 if race.backward else 0


if __name__ == "__main__":
    sys.exit(main())
