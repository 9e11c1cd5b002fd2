"""Whatever was told before and after a ledger and its copy parted, nothing that the page told is
lost, nothing is told twice, and no address goes back."""

import json
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core.status import ComponentStatus, Phase
from bot.core.text import to_plain
from bot.publish import Publisher, open_target
from storage.database import Database
from tests.support.copies import copy_of
from tests.support.published import Published
from tests.support.telling import (
    NOON,
    cause,
    edit,
    find,
    new_database,
    open_incident,
    retract,
    tell,
)

TEXTS = st.sampled_from(["All is slow.", "*Bold* & <b>", "`*` and _it_", "- one\n- two", "> a\nb"])


class Parting(RuleBasedStateMachine):
    """A ledger, its page, and a copy that takes the ledger's place at any moment."""

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.copies = (folder / f"copy{at}.db" for at in range(100))
        self.target = open_target(str(folder / "public"))
        self.site = Published(folder / "public")
        self.live = self.opened(new_database(f"sqlite:///{folder / 'ledger.db'}"))
        self.copy: Database | None = None
        self.now = NOON
        self.shown: dict[str, int] = {}

    def opened(self, database: Database) -> Database:
        return self.stack.enter_context(closing(database))

    def later(self):
        self.now += timedelta(minutes=1)
        return self.now

    def publish(self, ledger=None) -> bool:
        return Publisher(ledger or self.live, self.target, "program 1").sync(self.later())

    @initialize()
    def begin(self):
        open_incident(self.live, at=self.later())
        self.publish()

    def one_of(self, pick, *, standing=True):
        with self.ledger.read() as ledger:
            every = [one for one in ledger.every_incident() if not one.is_withdrawn or not standing]
        return every[pick % len(every)] if every else None

    @property
    def ledger(self):
        return self.live

    @rule(text=TEXTS, title=st.sampled_from(["Outage", "Slow <video>"]))
    def open(self, text, title):
        status = {"www": ComponentStatus.PARTIAL_OUTAGE}
        open_incident(self.live, title, text=text, at=self.later(), statuses=status)

    @rule(pick=st.integers(0, 9), text=TEXTS, phase=st.sampled_from([Phase.MONITORING, None]))
    def update(self, pick, text, phase):
        if (one := self.one_of(pick)) and one.is_open:
            tell(self.live, one.number, phase, text=text, at=self.later())

    @rule(pick=st.integers(0, 9), text=TEXTS)
    def correct(self, pick, text):
        if one := self.one_of(pick):
            edit(self.live, one.number, text, at=self.later())

    @rule(pick=st.integers(0, 9))
    def take_back(self, pick):
        if one := self.one_of(pick):
            retract(self.live, one.number, at=self.later())

    @rule(pick=st.integers(0, 9))
    def rename(self, pick):
        if one := self.one_of(pick):
            with self.live.telling(cause("rename", at=self.later())) as ledger:
                ledger.rename(find(ledger, one.number), f"Renamed at {self.now:%H:%M}")

    @rule()
    def catch_up(self):
        self.publish()

    @rule()
    def back_up(self):
        self.copy = self.opened(copy_of(self.live, next(self.copies)))

    @precondition(lambda self: self.copy)
    @rule(told=st.booleans())
    def restore(self, told):
        """The copy takes the ledger's place; perhaps something is told before anybody looks."""
        self.publish()
        assert self.copy is not None
        lost, self.live, self.copy = self.live, self.copy, None
        own = told and open_incident(self.live, "Told since", at=self.later())
        page = self.told_on_the_page()
        for _ in range(3):
            self.publish()
        settled = self.site.marker["revision"]
        self.publish()
        assert self.site.marker["revision"] == settled
        assert self.told_in(self.live, page) == page
        assert self.told_in(lost, page) == page
        if own:
            with self.live.read() as ledger:
                assert ledger.incident_by_id(own.id)
        assert set(page) <= set(self.told_on_the_page())

    def told_on_the_page(self):
        """Update id -> its text, of every standing one."""
        paths = [each for each in self.site.paths() if each.startswith("api/v2/incidents/")]
        every = [self.site.json(path).get("incident") for path in paths if path.endswith(".json")]
        return {
            update["id"]: update["body"]
            for one in every
            if one and one["name"] != "Withdrawn report"
            for update in one["incident_updates"]
        }

    @staticmethod
    def told_in(database, page):
        with database.read() as ledger:
            updates = [each for one in ledger.every_incident() for each in one.updates]
        assert len({one.id for one in updates}) == len(updates)
        return {one.id: to_plain(one.text) for one in updates if one.id in page and one.is_standing}

    @invariant()
    def no_address_goes_back(self):
        if not (self.site.root / ".duckrow/revision.json").exists():
            return
        shown = self.site.marker["revision"]
        assert shown >= self.shown.get("marker", 0)
        self.shown["marker"] = shown
        for path in self.site.paths():
            if path.startswith("api/v2/incidents/") and path.endswith(".json"):
                said = json.loads(self.site.read(path)).get("incident")
                revision = said["duckrow"]["revision"] if said else 0
                assert revision >= self.shown.get(path, 0), path
                self.shown[path] = revision

    def teardown(self):
        self.stack.close()


TestParting = Parting.TestCase
TestParting.settings = settings(max_examples=8, stateful_step_count=20, deadline=None)
