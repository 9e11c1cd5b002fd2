"""Telling incidents straight to the ledger, for tests below the command language."""

from datetime import UTC, datetime
from itertools import count

from bot.core.ids import new_id
from bot.core.incident import Author, Incident, Statuses, Update
from bot.core.page import Component, Page
from bot.core.status import Impact, Kind, Phase
from storage.database import Database
from storage.ledger import Cause, Telling

ANA = Author("U0ANA", "Ana")
NOON = datetime(2013, 2, 22, 20, 0, tzinfo=UTC)  # 12:00 in the page's zone
COMPONENTS = ("www", "class", "course-explorer", "account-dashboard")
_keys = count(1)


def new_database(url: str) -> Database:
    """A migrated ledger with the page and the components of the first story."""
    database = Database(url)
    database.migrate()
    database.begin(a_page())
    with database.telling(cause("components")) as ledger:
        for position, slug in enumerate(COMPONENTS, start=1):
            ledger.add_component(a_component(slug, position, ledger.at))
    return database


def a_page(zone: str = "America/Los_Angeles") -> Page:
    return Page(
        id=new_id(),
        name="Coursera",
        url="http://127.0.0.1:8000/",
        about="We watch our class sites and write here when something is wrong.",
        time_zone=zone,
        headline="All our ducks are in a row.",
    )


def a_component(
    slug: str, position: int, at: datetime, *, group: str | None = None, is_group: bool = False
) -> Component:
    return Component(
        id=new_id(),
        slug=slug,
        name=slug,
        description="",
        position=position,
        created_at=at,
        updated_at=at,
        group_id=group,
        is_group=is_group,
    )


def cause(what: str = "test", *, at: datetime = NOON, key: str | None = None) -> Cause:
    return Cause(key or f"test:{next(_keys)}", what, ANA, at)


def open_incident(
    database: Database,
    title: str = "Site Outage",
    *,
    text: str = "We see an outage.",
    at: datetime = NOON,
    display_at: datetime | None = None,
    statuses: Statuses | None = None,
    impact: Impact | None = None,
) -> Incident:
    """Open an incident; `statuses` by short name."""
    with database.telling(cause("open", at=at)) as ledger:
        named = _ids(ledger, statuses)
        first = _update(ledger, 1, Phase.INVESTIGATING, text, display_at, named, impact=impact)
        incident = Incident(
            id=new_id(),
            number=0,
            kind=Kind.INCIDENT,
            title=title,
            channel="C0INCIDENTS",
            opened_by=ANA,
            created_at=ledger.at,
            updated_at=ledger.at,
            updates=(first,),
        )
        return ledger.open(incident)


def tell(
    database: Database,
    number: int,
    phase: Phase | None = None,
    *,
    text: str = "Something new.",
    at: datetime = NOON,
    display_at: datetime | None = None,
    statuses: Statuses | None = None,
    reopening: bool = False,
) -> Incident:
    """Append an update to an incident."""
    with database.telling(cause("update", at=at)) as ledger:
        incident = find(ledger, number)
        said = phase or incident.phase
        named = incident.all_clear() if said is Phase.RESOLVED else _ids(ledger, statuses)
        update = _update(ledger, len(incident.updates) + 1, said, text, display_at, named)
        return ledger.append(incident.accept(update, reopening=reopening))


def retract(database: Database, number: int, *, at: datetime = NOON) -> Incident:
    """Take the newest standing update off the page."""
    with database.telling(cause("retract", at=at)) as ledger:
        incident = find(ledger, number)
        return ledger.retract(incident, incident.standing[-1])


def edit(database: Database, number: int, text: str, *, at: datetime = NOON) -> Incident:
    """Correct the newest standing update."""
    with database.telling(cause("edit", at=at)) as ledger:
        incident = find(ledger, number)
        return ledger.edit(incident, incident.standing[-1], text)


def find(ledger: Telling, number: int) -> Incident:
    found = ledger.incident(number)
    assert found is not None
    return found


def _ids(ledger: Telling, statuses: Statuses | None) -> Statuses:
    ids = {component.slug: component.id for component in ledger.components}
    return {ids[slug]: status for slug, status in (statuses or {}).items()}


def _update(  # noqa: PLR0917 -- an update's own fields, in its own order
    ledger: Telling,
    number: int,
    phase: Phase,
    text: str,
    display_at: datetime | None,
    statuses: Statuses,
    *,
    impact: Impact | None = None,
) -> Update:
    return Update(
        id=new_id(),
        number=number,
        phase=phase,
        text=text,
        author=ANA,
        created_at=ledger.at,
        display_at=display_at or ledger.at,
        statuses=statuses,
        impact=impact,
        revision=ledger.revision,
    )
