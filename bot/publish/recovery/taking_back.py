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
from bot.publish.recovery import clocks, reading
from bot.publish.recovery.components import with_slugs
from bot.publish.recovery.merging import Making, united
from bot.publish.recovery.reading import Evidence
from bot.publish.recovery.report import Recovered, report
from bot.publish.recovery.shapes import Malformed
from bot.publish.standing import is_unknown, unknown
from bot.publish.targets import Target
from storage.database import Database
from storage.engines import AT_LEISURE
from storage.ledger import PROGRAM, Cause, Ledger, Telling
from storage.reader import recovery_key

log = logging.getLogger(__name__)

WHAT = "recover"  # in the audit
_NEVER = datetime.min.replace(tzinfo=UTC)
_RECENT = timedelta(days=7)
_MOST_UNTOLD = 1000  # incidents
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
        ledger.overtake(marker.fence, clocks.time_of(marker, now))
        if clocks.is_ahead(marker, now):
            news = news.not_after(ledger.at)
        return _take_back(ledger, target.url, news)


@dataclass(frozen=True)
class News:
    """What the page tells and the ledger does not."""

    incidents: tuple[Incident, ...]
    components: tuple[Component, ...]
    parted_at: datetime  # until then the page's history and the ledger's are surely one
    slugs: Mapping[str, str] = field(default_factory=dict)  # of components, by public name
    ahead: bool = False  # the clock of whoever published it

    def not_after(self, latest: datetime) -> "News":
        """The same of a page whose clock was ahead: it tells of nothing later than that."""
        incidents = tuple(clocks.not_after(one, latest) for one in self.incidents)
        return replace(self, incidents=incidents, ahead=True)


def _require_peace(ledger: Ledger, now: datetime) -> None:
    """Two ledgers that are both alive would take each other back for ever."""
    if ledger.how_often(WHAT, now - _WITHIN) >= _MOST:
        raise Unrecoverable(
            "it was taken back again and again: another ledger publishes here too. Once one of "
            "them is stopped, it goes on within the hour"
        )


def _news(ledger: Ledger, evidence: Evidence, published: datetime | None) -> News:
    known = {one.id for one in ledger.components}
    incidents: list[Incident] = []
    shared = [published or _NEVER]
    for one in evidence.incidents:
        if ledger.told_at(one.revision) == one.updated_at:
            shared.append(one.updated_at)  # a version that this ledger has, or had
        else:
            incidents.append(one)
    components = tuple(one for one in evidence.components if one.id not in known)
    return News(tuple(incidents), components, max(shared) if published else _NEVER)


def _published(ledger: Ledger, target: str, marker: Marker) -> datetime | None:
    """When the change was made that this ledger last knew of at the target.

    None where an older copy took the target over: it did not know what stood there, and left files
    of ours that prove nothing of when they parted.
    """
    known = ledger.publications.get(target)
    over = marker.over
    was_ours = over and not is_unknown(over, ledger.page.revision, ledger.knows)
    if marker.fence < known.revision or was_ours:
        return None
    if ledger.change_id(known.revision) != known.change_id:
        return _NEVER
    return ledger.told_at(known.revision) or _NEVER


def _take_back(ledger: Telling, target: str, news: News) -> str:
    """Store it; what came back, in words, which the channel hears later."""
    components = with_slugs(ledger.components, news.components, news.slugs)
    for each in components:
        ledger.add_component(each)
    recovered = list(_merged(ledger, news))
    for one in recovered:
        tell_slack(ledger, one.now)
    _look_for_the_rest(ledger)
    said = report(target, ledger.revision, recovered, components, ahead=news.ahead)
    ledger.publications.recovered(target, said)
    return said


def tell_slack(ledger: Telling, one: Incident) -> None:
    """Have it looked for; what is over for long was told long ago, by the ledger that is gone."""
    if one.is_open or one.shown_at > ledger.at - _RECENT:
        ledger.deliveries.look_for(one)
    else:
        ledger.deliveries.told(one.number, one.revision)


def _look_for_the_rest(ledger: Telling) -> None:
    """What was untold when this copy was made may have been told by the ledger that is gone."""
    for number in ledger.deliveries.untold(limit=_MOST_UNTOLD):
        if incident := ledger.incident(number):
            ledger.deliveries.look_for(incident)


def _merged(ledger: Telling, news: News) -> Iterator[Recovered]:
    check(ledger, news.incidents)
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


def check(ledger: Ledger, incidents: Sequence[Incident]) -> None:
    """Ids that mean something else here are none that a copy gave. Raises Malformed."""
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
