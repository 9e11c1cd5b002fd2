"""Telling maintenances straight to the ledger, as tests below the command language do."""

from collections.abc import Sequence
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


def told_of(told: Sequence[tuple[Phase, datetime]], begins: datetime) -> Incident:
    """A maintenance planned from `begins`, of which these phases were told, in no ledger."""
    updates = [
        Update(
            id=f"update {number}",
            number=number,
            phase=phase,
            text="Text.",
            author=ANA,
            created_at=at,
            display_at=at,
            statuses={},
        )
        for number, (phase, at) in enumerate(told, start=1)
    ]
    return Incident(
        id="maintenance",
        number=1,
        kind=Kind.MAINTENANCE,
        title="Moving house",
        channel="C0INCIDENTS",
        opened_by=ANA,
        created_at=begins,
        updated_at=begins,
        updates=tuple(updates),
        scheduled_for=begins,
        scheduled_until=begins + WINDOW,
    )
