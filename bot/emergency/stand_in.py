"""A ledger made of the page's own JSON, for as long as one publication takes.

In memory: the disk that took the ledger with it may be the one that temporary files are on.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

from bot.core.page import Page
from bot.emergency.shown import Shown
from bot.publish.marker import Claim
from storage.database import Database
from storage.engines import IN_MEMORY
from storage.ledger import PROGRAM, Cause
from storage.publications import Publication
from storage.reader import recovery_key

_TICK = timedelta(milliseconds=1)


@contextmanager
def standing_in(shown: Shown, page: Page) -> Iterator[Database]:
    """A ledger that says what the page shows, at the page's own revision; `page` is how it looks.

    Authors, formatting and what was retracted are not in it, as they are not on the page.
    """
    with closing(Database(IN_MEMORY)) as database:
        database.migrate()
        said = shown.evidence.masthead
        database.begin(
            replace(page, id=said.id, name=said.name, url=said.url, time_zone=said.time_zone)
        )
        for at, claim in enumerate(shown.marker.claims):
            _go_to(database, shown, claim, first=at == 0)
        with database.write() as ledger:
            marker = shown.marker
            known = Publication(shown.target.url, marker.revision, marker.change_id)
            ledger.publications.save(known)
        yield database


def _go_to(database: Database, shown: Shown, claim: Claim, *, first: bool) -> None:
    """Make the revision that the marker speaks of, as the page's own ledger did."""
    key = recovery_key(claim.revision, claim.change_id)
    with database.telling(Cause(key, "emergency", PROGRAM, shown.at)) as ledger:
        ledger.overtake(claim.revision - 1, shown.at - _TICK)
        if first:
            for component in shown.components:
                ledger.add_component(component)
            for one in shown.told:
                ledger.restore(one)
