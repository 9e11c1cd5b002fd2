"""A stale ledger catches up with its own page: everything the page tells, in one transaction.

The ledger is an older copy of the one that the page was published from: a restored backup, or a
standby that lagged. What was acknowledged since then is on the page, and comes back from there; see
docs/decisions/0012-a-stale-ledger.md.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.core.incident import Incident
from bot.core.page import Component
from bot.publish.marker import Marker
from bot.publish.recovery import reading
from bot.publish.recovery.components import with_slugs
from bot.publish.recovery.merging import Making, united
from bot.publish.recovery.reading import Evidence
from bot.publish.recovery.report import Recovered, report
from bot.publish.recovery.shapes import Malformed
from bot.publish.standing import unknown
from bot.publish.targets import Target
from storage.database import Database
from storage.engines import AT_LEISURE
from storage.ledger import PROGRAM, Cause, Ledger, Telling
from storage.reader import recovery_key

log = logging.getLogger(__name__)

WHAT = "recover"  # in the audit
_NEVER = datetime.min.replace(tzinfo=UTC)
_RECENT = timedelta(days=7)
_MOST, _WITHIN = 12, timedelta(hours=1)  # more often, and two ledgers are taking turns


class Unrecoverable(Exception):  # noqa: N818 -- a state of the outside, not a mistake of ours
    """The page cannot be taken back; the message completes "because …"."""


def recover(database: Database, target: Target, marker: Marker, now: datetime) -> bool:
    """Take back from a target what the ledger lacks; False where somebody else was first.

    All of it or nothing. Raises TargetError, LedgerUnavailable, Unrecoverable.
    """
    try:
        said = _recover(database, target, marker, now)
    except Malformed as malformed:
        raise Unrecoverable(str(malformed)) from None
    if said:
        log.warning("a stale ledger caught up with its page", extra={"report": said})
    return bool(said)


def _recover(database: Database, target: Target, marker: Marker, now: datetime) -> str:
    evidence = reading.read_page(target, marker, now)
    with database.read(within=AT_LEISURE) as ledger:
        _require_peace(ledger, now)
        claim = unknown(marker, ledger.page.revision, ledger.knows)
        news = _news(ledger, evidence, _published(ledger, target.url, marker))
    if claim is None:
        return ""
    if news.components:
        news = replace(news, slugs=reading.slugs(target))
    cause = Cause(recovery_key(claim.revision, claim.change_id), WHAT, PROGRAM, now)
    with database.telling(cause, within=AT_LEISURE) as ledger:
        if unknown(marker, ledger.page.revision, ledger.knows) != claim:
            return ""
        ledger.overtake(marker.fence, marker.time)
        return _take_back(ledger, target.url, news)


@dataclass(frozen=True)
class News:
    """What the page tells and the ledger does not."""

    incidents: tuple[Incident, ...]
    components: tuple[Component, ...]
    parted_at: datetime  # until then the page's history and the ledger's are surely one
    slugs: Mapping[str, str] = field(default_factory=dict)  # of components, by public name


def _require_peace(ledger: Ledger, now: datetime) -> None:
    """Two ledgers that are both alive would take each other back for ever."""
    if ledger.how_often(WHAT, now - _WITHIN) >= _MOST:
        raise Unrecoverable("it was taken back again and again: another ledger publishes here too")


def _news(ledger: Ledger, evidence: Evidence, published: datetime) -> News:
    known = {one.id for one in ledger.components}
    incidents: list[Incident] = []
    shared = [published]
    for one in evidence.incidents:
        if ledger.told_at(one.revision) == one.updated_at:
            shared.append(one.updated_at)  # a version that this ledger has, or had
        else:
            incidents.append(one)
    components = tuple(one for one in evidence.components if one.id not in known)
    return News(tuple(incidents), components, max(shared))


def _published(ledger: Ledger, target: str, marker: Marker) -> datetime:
    """When the change was made that this ledger last knew of at the target.

    Only `--take-over` sets a target back: who did that did not know what stood there.
    """
    known = ledger.publications.get(target)
    was_set_back = marker.fence < known.revision
    if was_set_back or ledger.change_id(known.revision) != known.change_id:
        return _NEVER
    return ledger.told_at(known.revision) or _NEVER


def _take_back(ledger: Telling, target: str, news: News) -> str:
    """Store it; what came back, in words, which the channel hears later."""
    components = with_slugs(ledger.components, news.components, news.slugs)
    for each in components:
        ledger.add_component(each)
    recovered = list(_merged(ledger, news))
    for one in recovered:
        _tell_slack(ledger, one.now)
    said = report(target, ledger.revision, recovered, components)
    ledger.publications.recovered(target, said)
    return said


def _tell_slack(ledger: Telling, one: Incident) -> None:
    """What is over for long was told long ago, by the ledger that is gone."""
    if one.is_open or one.shown_at > ledger.at - _RECENT:
        ledger.deliveries.look_for(one)
    else:
        ledger.deliveries.told(one.number, one.revision)


def _merged(ledger: Telling, news: News) -> Iterator[Recovered]:
    _check(ledger, news.incidents)
    making = Making(news.parted_at, ledger.at, ledger.revision)
    for page in news.incidents:
        ours = ledger.incident_by_id(page.id)
        if ours is None:
            yield Recovered(ledger.merge(_fresh(page, making), None), None, page.number)
        elif (whole := united(ours, page, making)) != ours:
            yield Recovered(ledger.merge(whole, ours), ours, page.number)


def _fresh(page: Incident, making: Making) -> Incident:
    updates = tuple(replace(one, revision=making.revision) for one in page.updates)
    return replace(page, updates=updates)


def _check(ledger: Ledger, incidents: Sequence[Incident]) -> None:
    """Ids that mean something else here are none that a copy of this ledger gave."""
    components = {one.id for one in ledger.components if not one.is_group}
    owners = ledger.owners([update.id for one in incidents for update in one.updates])
    for one in incidents:
        ours = ledger.incident_by_id(one.id)
        if ours and ours.kind is not one.kind:
            raise Malformed(f"incident {one.id} is of another kind")
        for update in one.updates:
            if owners.get(update.id, one.id) != one.id:
                raise Malformed(f"update {update.id} is of another incident")
            if not components.issuperset(update.statuses):
                raise Malformed(f"update {update.id} names a component that nothing tells of")
