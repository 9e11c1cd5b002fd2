"""Any order of commands: the ledger's shortcuts always agree with what its updates say."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from bot.core.status import ComponentStatus, Indicator, Phase
from storage import rows, schema
from tests.support.telling import COMPONENTS, NOON, edit, new_database, open_incident, retract, tell

statuses = st.dictionaries(
    st.sampled_from(COMPONENTS), st.sampled_from(ComponentStatus), max_size=3
)
OPEN_PHASES = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING)


class Telling(RuleBasedStateMachine):
    """A model that keeps every incident as the core's own values, beside the ledger."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = new_database(f"sqlite:///{Path(self.folder.name) / 'ledger.db'}")
        self.model = {}
        self.told = 1  # the components
        self.now = NOON

    def teardown(self):
        self.database.close()
        self.folder.cleanup()

    def keep(self, incident):
        self.model[incident.number] = incident
        self.told += 1
        self.now += timedelta(minutes=7)

    def pick(self, data, condition):
        return data.draw(st.sampled_from([n for n, one in self.model.items() if condition(one)]))

    def some(self, condition):
        return any(condition(one) for one in self.model.values())

    @rule(said=statuses)
    def open(self, said):
        self.keep(open_incident(self.database, statuses=said, at=self.now))

    @precondition(lambda self: self.some(_is_open))
    @rule(data=st.data(), phase=st.sampled_from(OPEN_PHASES), said=statuses)
    def update(self, data, phase, said):
        number = self.pick(data, _is_open)
        self.keep(tell(self.database, number, phase, statuses=said, at=self.now))

    @precondition(lambda self: self.some(_is_open))
    @rule(data=st.data())
    def resolve(self, data):
        self.keep(tell(self.database, self.pick(data, _is_open), Phase.RESOLVED, at=self.now))

    @precondition(lambda self: self.some(_is_resolved))
    @rule(data=st.data(), said=statuses)
    def reopen(self, data, said):
        number = self.pick(data, _is_resolved)
        phase = Phase.INVESTIGATING
        self.keep(tell(self.database, number, phase, statuses=said, at=self.now, reopening=True))

    @precondition(lambda self: self.some(_stands))
    @rule(data=st.data())
    def retract(self, data):
        self.keep(retract(self.database, self.pick(data, _stands), at=self.now))

    @precondition(lambda self: self.some(_stands))
    @rule(data=st.data())
    def edit(self, data):
        self.keep(edit(self.database, self.pick(data, _stands), "Other words.", at=self.now))

    @invariant()
    def the_ledger_holds_what_was_said(self):
        with self.database.read() as ledger:
            assert {one.number: one for one in ledger.every_incident()} == self.model
            assert ledger.page.revision == self.told

    @invariant()
    def the_shortcut_columns_say_what_the_updates_say(self):
        with self.database.read() as ledger:
            for row in ledger.connection.execute(select(schema.incident)):
                expected = rows.derived(self.model[row.number])
                assert {name: row._mapping[name] for name in expected} == expected

    @invariant()
    def the_banner_is_never_milder_than_what_is_open(self):
        with self.database.read() as ledger:
            situation = ledger.situation()
        still_open = [one for one in self.model.values() if _is_open(one)]
        assert {one.number for one in situation.open} == {one.number for one in still_open}
        assert (situation.banner.indicator is Indicator.NONE) == (not still_open)
        for incident in still_open:
            for component, said in incident.statuses.items():
                assert situation.statuses[component] >= said


def _is_open(incident):
    return incident.is_open


def _is_resolved(incident):
    return not incident.is_withdrawn and incident.phase is Phase.RESOLVED


def _stands(incident):
    return not incident.is_withdrawn


TestTelling = Telling.TestCase
TestTelling.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
