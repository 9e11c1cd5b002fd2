"""The runbook's statements, as written: who promotes a standby by them can save again."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from storage import standbys
from storage.database import Database
from storage.errors import OutcomeUnknown
from tests.support.clusters import running_pair
from tests.support.telling import new_database, open_incident

RUNBOOK = Path(__file__).parents[3] / "docs/operations.md"


def _statements():
    """Of each SQL block under the heading; first what makes a standby count, then a promotion."""
    part = RUNBOOK.read_text(encoding="utf-8").split("### A standby that may be promoted")[1]
    blocks = re.findall(r"```sql\n(.*?)```", part.split("\n## ")[0], re.DOTALL)
    return [[one.strip() for one in block.split(";") if one.strip()] for block in blocks]


def test_the_statements_of_the_runbook_make_a_promoted_standby_save_again():
    follow, promote = _statements()
    with running_pair() as pair:
        for one in (pair.primary, pair.standby):
            one.set(synchronous_standby_names="")
        with closing(new_database(pair.url())) as database:
            assert database.weakness() == standbys.ALONE
            for one in (pair.primary, pair.standby):  # which copies the primary's configuration
                one.execute(*follow)
            pair.await_standby()
            assert database.weakness() is None
            assert open_incident(database, "Before").number == 1
            pair.primary.kill()
        pair.standby.execute(*promote[:1])
        with closing(Database(pair.url())) as database:
            with pytest.raises(OutcomeUnknown):
                open_incident(database, "Waits for nobody")
            pair.standby.execute(*promote[1:])
            assert open_incident(database, "After").number == 3
