"""A ledger that is gone with every copy, made anew of the page that it published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.errors import Refusal
from bot.core.incident import Incident
from bot.emergency.shown import Shown
from bot.publish.recovery import WHAT, Malformed, Recovered, check, is_ahead, report, tell_slack
from storage.database import Database
from storage.engines import UNHURRIED
from storage.ledger import PROGRAM, Cause, Ledger, Telling
from storage.reader import recovery_key


def make_anew(database: Database, every: Sequence[Shown], now: datetime) -> str:
    """Give an empty ledger all that the newest of these targets tells; what came back, in words.

    All of it or nothing. What the others tell besides is taken back when they are published to.
    Raises Refusal.
    """
    if len({one.marker.page for one in every}) > 1:
        raise Refusal("the targets show different pages.", "Name one of them in PUBLISH_URL.")
    shown = max(every, key=lambda one: one.marker.fence)
    claim = shown.marker.claims[0]
    cause = Cause(recovery_key(claim.revision, claim.change_id), WHAT, PROGRAM, now)
    try:
        with database.telling(cause, within=UNHURRIED) as ledger:
            return _fill(ledger, shown, now)
    except Malformed as error:
        raise Refusal(f"{shown.target.url} cannot be read back: {error}.", "") from None


def _fill(ledger: Telling, shown: Shown, now: datetime) -> str:
    _require_empty(ledger)
    said = shown.evidence.masthead
    ledger.overtake(shown.marker.fence, shown.at)
    ledger.configure(id=said.id, name=said.name, url=said.url, time_zone=said.time_zone)
    for component in shown.components:
        ledger.add_component(component)
    check(ledger, shown.told)
    recovered = [_back(ledger, one) for one in shown.told]
    ahead = is_ahead(shown.marker, now)
    parts = recovered, shown.components
    told = report(shown.target.url, ledger.revision, *parts, lost=True, ahead=ahead)
    ledger.publications.recovered(shown.target.url, told)
    return told


def _require_empty(ledger: Ledger) -> None:
    if ledger.components or ledger.count_incidents():
        raise Refusal(
            "this ledger is not empty: it has components, or incidents.",
            "If it is an older copy of the page's own, there is nothing to do: what it lacks comes "
            "back by itself. If not, name a new database in DATABASE_URL; SQLite makes the "
            "file itself, PostgreSQL wants createdb and duckrow db upgrade.",
        )


def _back(ledger: Telling, told: Incident) -> Recovered:
    """Just as it was told: readers and feeds see nothing new in it."""
    one = ledger.restore(_as_changed(told))
    tell_slack(ledger, one)
    return Recovered(one, None, told.number)


def _as_changed(told: Incident) -> Incident:
    """What changed last, and no update says so, was its title, as far as anybody can see."""
    said = max(one.edited_at or one.created_at for one in told.updates)
    return replace(told, renamed_at=told.updated_at) if told.updated_at > said else told
