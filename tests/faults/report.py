"""What a scenario found, as a row: printed, kept as a line of JSON, and shown in the docs."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "tests/faults/results.jsonl"
DOCS = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- the table, from the kept results -->\n", "<!-- end of the table -->\n"
_HEAD = (
    *("fault", "what", "topology", "runs", "violations"),
    *("acked", "refused", "unknown", "reads", "page current after", "time", "command"),
)


@dataclass
class Row:
    """One scenario on one topology."""

    fault: str
    scenario: str
    topology: str
    what: str
    runs: int = 0
    seed: int = 0
    acked: int = 0
    refused: int = 0
    unknown: int = 0
    reads: int = 0
    recovered_in: float = 0.0  # the longest, from the last fault until the page was current
    slowest: float = 0.0  # the slowest answer that the program gave
    seconds: float = 0.0
    violations: dict[str, int] = field(default_factory=dict)  # by invariant
    found: list[str] = field(default_factory=list)  # the first of them, in words
    notes: dict[str, int] = field(default_factory=dict)
    by: str = ""  # the command, where it is none of `make faults`

    @property
    def key(self) -> tuple[str, str]:
        return (self.scenario, self.topology)

    @property
    def command(self) -> str:
        """What does it again."""
        if self.by:
            return self.by
        words = f"{self.scenario} --topology {self.topology} --runs {self.runs} --seed {self.seed}"
        return f'make faults ARGS="{words}"'

    def line(self) -> str:
        """For a terminal."""
        wrong = ", ".join(f"{name} {count}" for name, count in self.violations.items())
        return (
            f"{self.fault:8} {self.scenario:24} {self.topology:16} {self.runs:6} runs  "
            f"{wrong or '0 violations':16} {self.acked:6} acked {self.refused:5} refused "
            f"{self.unknown:5} unknown {self.reads:8} reads  slowest {self.slowest:.2f} s  "
            f"current after {self.recovered_in:4.1f} s  {self.seconds:6.1f} s"
        )

    def cells(self) -> Sequence[str]:
        """For the docs."""
        wrong = ", ".join(f"{name}: {count}" for name, count in self.violations.items())
        return (
            *(self.fault, self.what, self.topology, str(self.runs), wrong or "0"),
            *(str(self.acked), str(self.refused), str(self.unknown), f"{self.reads:,}"),
            *(f"{self.recovered_in:.1f} s", f"{self.seconds:.0f} s", f"`{self.command}`"),
        )

    def add_notes(self, notes: Counter[str]) -> None:
        self.notes = dict(Counter(self.notes) + notes)


def keep(rows: Iterable[Row], path: Path = KEPT) -> None:
    """Put rows in the place of former ones of the same scenario and topology."""
    known = {row.key: row for row in kept(path)} | {row.key: row for row in rows}
    lines = [json.dumps(asdict(row), ensure_ascii=False) for row in known.values()]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def kept(path: Path = KEPT) -> list[Row]:
    if not path.exists():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def table(rows: Iterable[Row]) -> str:
    """Markdown, by fault."""
    ordered = sorted(rows, key=lambda row: (_number(row.fault), row.scenario, row.topology))
    lines = [_HEAD, ["---"] * len(_HEAD), *(row.cells() for row in ordered)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def with_table(document: str, rows: Iterable[Row]) -> str:
    """The document, its table made anew."""
    before, _, rest = document.partition(BEGIN)
    return before + BEGIN + table(rows) + END + rest.partition(END)[2]


def write_table() -> None:
    """Bring the docs up to what is kept."""
    document = DOCS.read_text(encoding="utf-8")
    DOCS.write_text(with_table(document, kept()), encoding="utf-8")


def _number(fault: str) -> int:
    found = re.search(r"\d+", fault)
    return int(found[0]) if found else 0
