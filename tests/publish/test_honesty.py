"""Whatever is typed and however time passes: the page says the worst that is said, and no less.

What was said is read from the updates alone, by rules written down here once more.
"""

import json
import tempfile
from datetime import timedelta
from itertools import count
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot import commands, components
from bot.clock import keep_time
from bot.commands import Call
from bot.core.status import ComponentStatus, Impact, Indicator, Kind, Phase
from bot.publish import api
from bot.publish.site import Site
from tests.support.telling import ANA, COMPONENTS, NOON, cause, new_database

WORDS = {
    "ok": ComponentStatus.OPERATIONAL,
    "maintenance": ComponentStatus.UNDER_MAINTENANCE,
    "slow": ComponentStatus.DEGRADED_PERFORMANCE,
    "partial": ComponentStatus.PARTIAL_OUTAGE,
    "down": ComponentStatus.MAJOR_OUTAGE,
}
SLUGS = (*COMPONENTS, "search", "mail")
OVER = {Phase.RESOLVED, Phase.POSTMORTEM, Phase.COMPLETED}
# The least that the banner may say while this is the worst that any leaf says.
LEAST = {
    ComponentStatus.OPERATIONAL: Indicator.NONE,
    ComponentStatus.UNDER_MAINTENANCE: Indicator.MAINTENANCE,
    ComponentStatus.DEGRADED_PERFORMANCE: Indicator.MINOR,
    ComponentStatus.PARTIAL_OUTAGE: Indicator.MINOR,
    ComponentStatus.MAJOR_OUTAGE: Indicator.MAJOR,
}
BY_HAND = {
    Impact.NONE: Indicator.MINOR,  # it is open all the same
    Impact.MINOR: Indicator.MINOR,
    Impact.MAJOR: Indicator.MAJOR,
    Impact.CRITICAL: Indicator.CRITICAL,
}

said = st.dictionaries(st.sampled_from(SLUGS), st.sampled_from([*WORDS]), max_size=3).map(
    lambda chosen: " ".join(f"{slug}={word}" for slug, word in chosen.items())
)
impacts = st.sampled_from(["", "", "", *(f"impact={one.value}" for one in Impact)])
numbers = st.integers(1, 6)
minutes = st.integers(0, 200)


class Page(RuleBasedStateMachine):
    """A ledger, people who type, and the clock; what is refused changes nothing."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = new_database(f"sqlite:///{Path(self.folder.name) / 'ledger.db'}")
        with self.database.telling(cause("components")) as ledger:
            for slug in SLUGS[len(COMPONENTS) :]:
                components.add(ledger, slug, slug, group="APIs")
        self.now = NOON
        self.keys = count(1)
        self.tick = keep_time(self.database)

    def teardown(self):
        self.database.close()
        self.folder.cleanup()

    def type(self, line, about=Kind.INCIDENT):
        self.now += timedelta(minutes=3)
        before = self.revision
        call = Call(f"k{next(self.keys)}", line, ANA, "C0", self.now, about=about)
        answer = commands.run(call, self.database)
        assert answer.saved or self.revision == before
        return answer

    @property
    def revision(self):
        with self.database.read() as ledger:
            return ledger.page.revision

    # --- what people do

    @rule(named=said, impact=impacts)
    def open(self, named, impact):
        assert self.type(f"open {named} {impact} Trouble | Text.").saved

    @rule(
        number=numbers,
        word=st.sampled_from(["update", "investigating", "identified", "monitoring", "reopen"]),
        named=said,
    )
    def say(self, number, word, named):
        self.type(f"{word} #{number} {named} Text.")

    @rule(number=numbers, impact=impacts)
    def judge(self, number, impact):
        self.type(f"update #{number} {impact} Text.")

    @rule(number=numbers, word=st.sampled_from(["resolve", "edit"]))
    def finish(self, number, word):
        self.type(f"{word} #{number} Text.")

    @rule(number=numbers)
    def retract(self, number):
        self.type(f"retract #{number}")

    @rule(chosen=st.sets(st.sampled_from(SLUGS), max_size=3), away=minutes, length=minutes)
    def schedule(self, chosen, away, length):
        begins = self.now + timedelta(minutes=away + 3)
        names = " ".join(sorted(chosen))
        line = f"schedule {names} from={begins:%Y-%m-%dT%H:%MZ} for={length + 1}min Work | Text."
        assert self.type(line, Kind.MAINTENANCE).saved

    @rule(number=numbers, word=st.sampled_from(["start", "verify", "complete", "cancel"]))
    def turn(self, number, word):
        self.type(f"{word} #{number}", Kind.MAINTENANCE)

    @rule(number=numbers, more=minutes)
    def extend(self, number, more):
        ends = self.now + timedelta(minutes=more)
        self.type(f"extend #{number} until={ends:%Y-%m-%dT%H:%MZ}", Kind.MAINTENANCE)

    @rule(length=minutes)
    def wait(self, length):
        self.now += timedelta(minutes=length)
        self.tick(self.now)
        assert not self.tick(self.now)

    # --- what is never so

    @invariant()
    def the_page_is_honest(self):
        with self.database.read() as ledger:
            if ledger.page.as_of is None:
                return
            every = list(ledger.every_incident())
            site = Site(ledger)
            home, summary = site.home(), json.loads(api.summary(site))
            leaves = {one.id: site.situation.statuses[one.id] for one in site.situation.leaves}
        counts = [counting(one) for one in every]
        assert leaves == {
            leaf: max(said.get(leaf, ComponentStatus.OPERATIONAL) for said in [{}, *counts])
            for leaf in leaves
        }
        mildest = LEAST[max(leaves.values())]
        assert home.banner.indicator >= mildest
        open_ones = [one for one in every if is_open_incident(one)]
        for one in open_ones:
            assert home.banner.indicator >= BY_HAND[impact_by_hand(one)]
        if not open_ones:
            assert home.banner.indicator <= Indicator.MAINTENANCE
        self.home_and_json_agree(home, summary, open_ones, leaves)

    def home_and_json_agree(self, home, summary, open_ones, leaves):
        status = summary["status"]
        assert status == {
            "indicator": home.banner.indicator.value,
            "description": home.banner.description,
        }
        assert (home.headline == home.page.headline) == (status["indicator"] == "none")
        assert {one["id"] for one in summary["incidents"]} == {one.id for one in open_ones}
        for key, stories in (
            ("incidents", home.open),
            ("scheduled_maintenances", home.maintenances),
        ):
            assert [one["id"] for one in summary[key]] == [story.id for story in stories]
            assert [one["status"] for one in summary[key]] == [
                story.phase.value for story in stories
            ]
        shown = {
            leaf.name: leaf.status.value for part in home.parts for leaf in part.parts or [part]
        }
        by_name = {one["name"]: one for one in summary["components"]}
        assert shown == {name: by_name[name]["status"] for name in shown}
        assert len(shown) == len(leaves)
        for part in home.parts:
            if part.parts:
                assert part.status is max(child.status for child in part.parts)
                assert by_name[part.name]["status"] == part.status.value


def standing(one):
    return [update for update in one.updates if update.retracted_at is None]


def counting(one):
    """What counts of it now: each component's newest word, while it is going on."""
    told = standing(one)
    if not told or told[-1].phase in OVER or told[-1].phase is Phase.SCHEDULED:
        return {}
    newest = {}
    for update in told:
        newest.update(update.statuses)
    return newest


def is_open_incident(one):
    told = standing(one)
    return one.kind is Kind.INCIDENT and bool(told) and told[-1].phase not in OVER


def impact_by_hand(one):
    return next((told.impact for told in reversed(standing(one)) if told.impact), Impact.NONE)


TestPage = Page.TestCase
TestPage.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
