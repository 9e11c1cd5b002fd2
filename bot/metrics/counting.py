"""What happened in this process, counted as Prometheus counts. One registry of its own."""

from collections.abc import Iterable
from itertools import product

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from bot.core.observer import Observer

OUTCOMES = (
    *("saved", "asked", "answered", "refused", "turned_away", "unavailable", "unknown"),
    "failed",  # something broke
)

_ANSWERS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 3, 5)  # Slack waits three seconds
_WORK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_DELAYS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600)


disable_created_metrics()  # type: ignore[no-untyped-call] # a second series, which nobody reads


class Counting(Observer):
    """An observer that keeps counts; every label has few values, all of them words of ours."""

    def __init__(self, commands: Iterable[str] = ()) -> None:
        """`commands` are counted from zero: Prometheus sees no increase in what just appeared."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._commands = self._counter(
            "commands", "Commands answered, by what they came to.", "command", "outcome"
        )
        for each in product((*commands, "none"), OUTCOMES):
            self._commands.labels(*each)
        self._answers = self._histogram(
            "command_duration_seconds", "From a command's arrival to its answer.", _ANSWERS
        )
        self._commits = self._histogram(
            "commit_duration_seconds", "What a COMMIT of the ledger took.", _WORK
        )
        self._renders = self._histogram(
            "render_duration_seconds", "What one change made due, rendered.", _WORK, "target"
        )
        self._publications = self._histogram(
            "publish_duration_seconds", "The same, written to a target.", _WORK, "target"
        )
        self._delays = self._histogram(
            "publish_delay_seconds", "From telling a change to its standing there.", _DELAYS,
            "target",
        )  # fmt: skip
        self._calls = self._counter(
            "slack_calls", "Calls of Slack's Web API and reply URLs.", "method", "outcome"
        )
        self._failures = self._counter(
            "step_failures", "Steps of the loops that failed and were tried again.", "step"
        )
        self._turn = Gauge(
            "duckrow_turn_held", "1 where this process runs the loop.", registry=self.registry
        )

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        self._commands.labels(command, outcome).inc()
        self._answers.observe(seconds)

    def committed(self, seconds: float) -> None:
        self._commits.observe(seconds)

    def rendered(self, target: str, seconds: float) -> None:
        self._renders.labels(target).observe(seconds)

    def published(self, target: str, seconds: float, delay: float) -> None:
        self._publications.labels(target).observe(seconds)
        self._delays.labels(target).observe(delay)

    def called(self, method: str, outcome: str) -> None:
        self._calls.labels(method, outcome).inc()

    def failed(self, step: str) -> None:
        self._failures.labels(step).inc()

    def turned(self, *, held: bool) -> None:
        self._turn.set(held)

    def scrape(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(f"duckrow_{name}", said, labels, registry=self.registry)

    def _histogram(
        self, name: str, said: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"duckrow_{name}", said, labels, registry=self.registry, buckets=buckets)
