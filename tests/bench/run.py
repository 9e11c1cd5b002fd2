"""make bench: how long the path takes, each figure beside its floor, measured in one run.

Nothing is asserted: machines differ, and only ratios taken together mean something.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.app import Duckrow
from tests.bench import history
from tests.bench.publication import Floor
from tests.bench.reception import LINE, bare_commit, empty_dispatch, reception

HISTORIES = (10, 10_000)
PER_INCIDENT = 4  # updates, as in the history
COMPONENTS = {"www": "Home page", "class": "Class platform"}


def timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000


class Figures:
    """Milliseconds by name."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    def add(self, name: str, milliseconds: float) -> None:
        self.taken.setdefault(name, []).append(milliseconds)

    def median(self, name: str) -> float:
        return statistics.median(self.taken[name])

    def row(self, name: str, floor: float | None = None) -> str:
        values = sorted(self.taken[name])
        p99 = values[min(len(values) - 1, int(len(values) * 0.99))]
        ratio = f"{self.median(name) / floor:>8.2f}" if floor else " " * 8
        return f"  {name:<44}{self.median(name):>9.2f}{p99:>9.2f}{ratio}"


def measure(incidents: int, rounds: int) -> Figures:
    """One history's figures, floors taken in turn with what stands beside them."""
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="duckrow-bench-") as name:
        folder = Path(name)
        with reception(folder) as (bot, duckrow), bare_commit(folder) as commit:
            for slug, public in COMPONENTS.items():
                duckrow.add_component(slug, public, group="", description="")
            history.write(duckrow.database, incidents, datetime.now(UTC))
            duckrow.publish()
            dispatch, floor = empty_dispatch(), Floor(folder)
            for at in range(rounds):
                if at % PER_INCIDENT == 0:
                    bot.receive("open www=down Bench | First words.")
                    duckrow.publish()
                figures.add("an empty Bolt dispatch", timed(lambda: dispatch(bot.payload(LINE))))
                figures.add("a bare SQLite FULL commit", timed(commit))
                acked = timed(lambda: bot.receive(LINE))
                figures.add("received → stored and acknowledged", acked)
                base = _revision(duckrow) - 1
                published = timed(duckrow.publish)
                figures.add("acknowledged → published", published)
                figures.add("received → published", acked + published)
                figures.add("rendering and fsync-renaming these bytes", floor.again(duckrow, base))
                if at % PER_INCIDENT == PER_INCIDENT - 1:
                    bot.receive("resolve All is well.")
                    duckrow.publish()
    return figures


def _revision(duckrow: Duckrow) -> int:
    with duckrow.database.read() as ledger:
        return ledger.page.revision


def report(incidents: int, figures: Figures) -> None:
    dispatch = figures.median("an empty Bolt dispatch")
    commit = figures.median("a bare SQLite FULL commit")
    files = figures.median("rendering and fsync-renaming these bytes")
    floors = {
        "received → stored and acknowledged": dispatch + commit,
        "acknowledged → published": files,
        "received → published": dispatch + commit + files,
    }
    click.echo(f"\n{incidents:,} past incidents{'':<30}p50 ms   p99 ms   × floor")
    for name in figures.taken:
        click.echo(figures.row(name, floors.get(name)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    measured = {incidents: measure(incidents, rounds) for incidents in HISTORIES}
    for incidents, figures in measured.items():
        report(incidents, figures)
    few, many = (measured[incidents].median("acknowledged → published") for incidents in HISTORIES)
    click.echo(
        f"\nPublishing at {HISTORIES[1]:,} incidents takes {many / few:.2f} × of at {HISTORIES[0]}."
    )


if __name__ == "__main__":
    main()
