"""What the looks found, as gauges. What is not known has no sample: nothing old is shown."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.health import VERSION, Health, Seen, TargetSeen


class Found(Collector):
    """Asks nobody: a scrape costs the same whatever ledger and Slack are doing."""

    def __init__(
        self, health: Health, connections_in_use: Callable[[], int], now: Callable[[], datetime]
    ) -> None:
        self._health = health
        self._connections_in_use = connections_in_use
        self._now = now

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("duckrow_build", "The program.", {"version": VERSION})
        ready = self._health.ready()
        yield _by(
            "ready",
            "1 while this is in order.",
            "check",
            {name: one.ok for name, one in ready.checks.items()},
        )
        yield _gauge(
            "database_connections_in_use", "Of the pool's eight.", [self._connections_in_use()]
        )
        connections = self._health.slack.connections
        yield _gauge(
            "slack_connections",
            "Socket Mode connections that are open.",
            [] if connections is None else [connections],
        )
        now = self._now()
        seen = self._health.ledger.seen if self._health.ledger.page.is_recent(now) else None
        yield _gauge("ledger_revision", "The newest.", [seen.revision] if seen else [])
        yield from _targets(seen.targets if seen else (), now)
        yield from _backlog(seen, now)


def _targets(targets: Iterable[TargetSeen], now: datetime) -> Iterator[Metric]:
    by_url = {one.url: one for one in targets}
    revisions = {url: one.revision for url, one in by_url.items()}
    yield _by("target_revision", "The revision that a target shows.", "target", revisions)
    behind = {url: one.behind(now).total_seconds() for url, one in by_url.items()}
    yield _by("target_behind_seconds", "For how long it lacks something.", "target", behind)
    stopped = {url: one.stopped for url, one in by_url.items()}
    yield _by("target_stopped", "1 while nothing may be published there.", "target", stopped)
    checked = {url: at.timestamp() for url, one in by_url.items() if (at := one.checked_at)}
    yield _by("target_checked_timestamp_seconds", "When its marker was written.", "target", checked)


def _backlog(seen: Seen | None, now: datetime) -> Iterator[Metric]:
    known = [seen.backlog] if seen else []
    yield _gauge(
        "slack_untold_incidents",
        "Incidents that Slack has not wholly seen.",
        [one.incidents for one in known],
    )
    yield _gauge(
        "slack_untold_updates", "Their updates that it lacks.", [one.updates for one in known]
    )
    ages = [(now - one.since).total_seconds() if one.since else 0 for one in known]
    yield _gauge("slack_untold_age_seconds", "How old the oldest of it is.", ages)
    yield _gauge(
        "slack_refused_messages",
        "Messages that Slack will not have, of open incidents.",
        [one.refused for one in known],
    )


def _gauge(name: str, said: str, values: Iterable[float]) -> Metric:
    family = GaugeMetricFamily(f"duckrow_{name}", said)
    for value in values:
        family.add_metric([], value)
    return family


def _by(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"duckrow_{name}", said, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
