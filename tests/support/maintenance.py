"""Telling maintenances straight to the ledger, as tests below the command language do."""

from datetime import datetime, timedelta

from bot.core.ids import new_id
from bot.core.incident import Incident, Update
from bot.core.status import ComponentStatus, Kind, Phase
from storage.database import Database
from tests.support.telling import ANA, NOON, cause

WINDOW = timedelta(hours=2)


def plan(
    database: Database,
    title: str = "Moving house",
    *,
    at: datetime = NOON,
    begins: datetime = NOON + timedelta(days=1),
    of: str = "www",
) -> Incident:
    """Announce a maintenance of one component."""
    with database.telling(cause("plan", at=at)) as ledger:
        ids = {component.slug: component.id for component in ledger.components}
        update = Update(
            id=new_id(),
            number=1,
            phase=Phase.SCHEDULED,
            text="We move to another house.",
            author=ANA,
            created_at=ledger.at,
            display_at=ledger.at,
            statuses={ids[of]: ComponentStatus.UNDER_MAINTENANCE},
            revision=ledger.revision,
        )
        planned = Incident(
            id=new_id(),
            number=0,
            kind=Kind.MAINTENANCE,
            title=title,
            channel="C0INCIDENTS",
            opened_by=ANA,
            created_at=ledger.at,
            updated_at=ledger.at,
            updates=(update,),
            scheduled_for=begins,
            scheduled_until=begins + WINDOW,
        )
        return ledger.open(planned)
