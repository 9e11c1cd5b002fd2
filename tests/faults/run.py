"""`make faults`: the scenarios by hand, and the table of docs/reliability.md.

python -m tests.faults.run                                      everything, as short as the suite
python -m tests.faults.run --n 1000 --keep                      everything, long; rows are kept
python -m tests.faults.run kills --topology sqlite --runs 20 --seed 7
python -m tests.faults.run --table                              the docs' table, from what is kept
"""

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module

from tests.faults import report
from tests.faults.place import Servers, servers
from tests.faults.report import Row
from tests.faults.scenario import SCENARIOS, Scenario, run
from tests.faults.world import Topology

MODULES = (
    "tests.faults.kills.scenarios",
    "tests.faults.ledger.scenarios",
    "tests.faults.postgres.scenarios",
    "tests.faults.postgres.stale",
    "tests.faults.machine.scenarios",
    "tests.faults.machine.power",
    "tests.faults.machine.day",
    "tests.faults.machine.seasons",
    "tests.faults.machine.limits",
    "tests.faults.targets.scenarios",
    "tests.faults.slack.scenarios",
    "tests.faults.slack.deaths",
    "tests.faults.slack.network",
    "tests.faults.upgrades.scenarios",
)

_LONG = 1000  # the N of which a scenario's `long` speaks


def main() -> None:
    given = _arguments()
    for module in MODULES:
        import_module(module)
    if given.table:
        report.write_table()
        return
    with servers() as started:
        rows = list(_rows(given, started))
    sys.exit(any(row.violations for row in rows))


def _rows(given: argparse.Namespace, started: Servers) -> Iterator[Row]:
    for one, topology in _chosen(given):
        heard = _keep if given.keep else lambda _: None
        row = run(one, topology, _runs(one, given), started, seed=given.seed, heard=heard)
        print(row.line(), flush=True)  # noqa: T201 -- a command's output
        print(*(f"    {found}\n" for found in row.found), sep="", end="", flush=True)  # noqa: T201
        if given.verbose:
            print(f"    {row.notes}", flush=True)  # noqa: T201
        yield row


def _keep(row: Row) -> None:
    report.keep([row])
    report.write_table()


def _chosen(given: argparse.Namespace) -> Iterator[tuple[Scenario, Topology]]:
    if unknown := set(given.scenarios) - set(SCENARIOS):
        sys.exit(f"There is no {', '.join(unknown)}. There are: {', '.join(SCENARIOS)}.")
    for name in given.scenarios or SCENARIOS:
        for topology in SCENARIOS[name].topologies:
            if given.topology in (None, topology.name):
                yield SCENARIOS[name], topology


def _runs(one: Scenario, given: argparse.Namespace) -> int:
    if given.runs:
        return int(given.runs)
    return max(one.long * given.n // _LONG, 1) if given.n else one.short


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults ARGS=…", description="Breaks things.")
    parser.add_argument("scenarios", nargs="*", help="all of them when none is named")
    parser.add_argument("--topology", help="only this one")
    parser.add_argument("--runs", type=int, help="how often, whatever the scenario says")
    parser.add_argument("--n", type=int, help="the long version: 1000, or in proportion")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="put the rows into the docs' table")
    parser.add_argument("--table", action="store_true", help="write the docs' table anew")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
