"""What responders can say, and what becomes of it."""

from datetime import UTC, datetime

import pytest

from bot.core.status import ComponentStatus, Impact, Phase

OPEN = "open www=down class=slow Site Outage | We see an outage."


def statuses(typist, number=1):
    with typist.database.read() as ledger:
        slugs = {component.id: component.slug for component in ledger.components}
        said = ledger.incident(number).statuses
    return {slugs[component]: status.value for component, status in said.items()}


def test_opening_saves_the_title_the_text_and_what_is_wrong(typist):
    answer = typist.say(OPEN)
    assert answer.text == "Saved as #1, update 1: Site Outage is Investigating."
    assert answer.saved
    incident = typist.incident()
    assert (incident.title, incident.updates[0].text) == ("Site Outage", "We see an outage.")
    assert statuses(typist) == {"www": "major_outage", "class": "degraded_performance"}
    assert incident.channel == "C0INCIDENTS"


def test_a_newline_separates_title_and_text_too(desk):
    desk.say("open Site Outage\nFirst line.\n\nSecond paragraph.")
    assert desk.incident().title == "Site Outage"
    assert desk.incident().updates[0].text == "First line.\n\nSecond paragraph."


@pytest.mark.parametrize("phase", ["investigating", "identified", "monitoring"])
def test_a_phase_is_said_by_its_name(desk, phase):
    desk.say(OPEN)
    answer = desk.say(f"{phase} #1 www=partial We know more.")
    assert answer.text == f"Saved as #1, update 2: Site Outage is {phase.capitalize()}."
    assert desk.incident().phase is Phase(phase)


def test_an_update_keeps_the_phase(desk):
    desk.say(OPEN)
    desk.say("identified A cable.")
    desk.say("update Still the cable.")
    assert desk.incident().phase is Phase.IDENTIFIED


def test_resolving_clears_all_it_named_and_closes_it(typist):
    typist.say(OPEN)
    assert typist.say("resolve All is well.").text.endswith("Site Outage is Resolved.")
    assert statuses(typist) == {"www": "operational", "class": "operational"}
    assert not typist.incident().is_open


def test_at_backdates_what_readers_see_and_keeps_the_true_time(desk):
    desk.say("open at=2013-02-22T08:10 Site Outage | We see an outage.")
    told = desk.incident().updates[0]
    assert told.display_at == datetime(2013, 2, 22, 16, 10, tzinfo=UTC)
    assert told.is_backdated


def test_an_update_before_the_last_is_refused_naming_it(desk):
    desk.say("open at=2013-02-22T10:00 Site Outage | We see an outage.")
    answer = desk.say("update at=2013-02-22T09:00 Earlier.")
    assert "before update 1 of #1, shown at 2013-02-22 10:00 PST" in answer.text
    assert len(desk.incident().updates) == 1


def test_impact_is_set_by_hand(desk):
    desk.say("open impact=critical Site Outage | We see an outage.")
    assert desk.incident().impact is Impact.CRITICAL


def test_reopening_needs_a_closed_incident_and_says_so(desk):
    desk.say(OPEN)
    assert "open already" in desk.say("reopen #1 It is back.").text
    desk.say("resolve All is well.")
    assert desk.say("reopen www=slow It is back.").saved
    assert desk.incident().phase is Phase.INVESTIGATING
    assert ComponentStatus.DEGRADED_PERFORMANCE in desk.incident().statuses.values()


def test_what_is_resolved_takes_no_update_but_says_how_to_reopen(desk):
    desk.say(OPEN)
    desk.say("resolve All is well.")
    answer = desk.say("update #1 One more thing.")
    assert answer.text.startswith("Not saved: incident #1 is already resolved.")
    assert "reopen #1" in answer.text
    assert "Your text: update #1 One more thing." in answer.text


def test_editing_replaces_the_latest_text(typist):
    typist.say(OPEN)
    answer = typist.say("edit Better words.")
    assert answer.text == "Saved: #1, update 1 has its new text."
    latest = typist.incident().updates[0]
    assert latest.text == "Better words."
    assert latest.edited_at is not None


def test_renaming_gives_another_title(typist):
    typist.say(OPEN)
    assert typist.say("rename #1 Home page outage").saved
    assert typist.incident().title == "Home page outage"


def test_retracting_takes_the_latest_update_away_and_then_the_report(typist):
    typist.say(OPEN)
    typist.say("resolve All is well.")
    assert "Investigating again" in typist.say("retract #1").text
    assert "withdrawn" in typist.say("retract #1").text
    assert typist.incident().is_withdrawn
    assert typist.say("retract #1").text.startswith("Not saved: incident #1 was withdrawn.")


def test_what_a_later_sentence_says_is_live_is_what_was_done(desk):
    desk.say(OPEN)
    subjects = [desk.say(line).subject for line in ("edit New.", "rename #1 Other", "retract #1")]
    assert subjects == [
        "The new text of #1, update 1",
        "The new title of #1",
        "The retraction of #1, update 1",
    ]


def test_an_unknown_number_is_refused(desk):
    desk.say(OPEN)
    answer = desk.say("update #7 Hello.")
    assert answer.text.startswith("Not saved: there is no incident #7.")


def test_a_bare_number_is_text(desk):
    desk.say(OPEN)
    desk.say("update 3 machines are back.")
    assert desk.incident().updates[1].text == "3 machines are back."


def test_without_an_open_incident_an_update_is_refused_with_the_way_to_open_one(desk):
    answer = desk.say("update Hello.")
    assert answer.text.startswith("Not saved: no incident is open.")
    assert "open Title | first public text" in answer.text


LOOKING = ["list", "show", "show #1", "timeline", "page", "components", "help", "help open"]


@pytest.mark.parametrize("line", LOOKING)
def test_looking_writes_nothing_and_answers_something(typist, line):
    typist.say(OPEN)
    before = typist.revision
    answer = typist.say(line)
    assert answer.text
    assert not answer.saved
    assert not answer.refused
    assert typist.revision == before
    with typist.database.read() as ledger:
        assert ledger.requests.get("T1:A1:2") is None


def test_what_looking_shows(desk):
    desk.say(OPEN)
    desk.say("identified class=ok A cable.")
    assert "*#1* Site Outage: Identified" in desk.say("list").text
    shown = desk.say("show #1").text
    assert "www: major outage, class: operational" in shown
    assert "A cable." in shown
    timeline = desk.say("timeline #1").text
    assert timeline.index("We see an outage.") < timeline.index("A cable.")
    assert "Ana" in timeline
    assert "Partial System Outage" in desk.say("page").text
    assert "`www` www: major outage" in desk.say("components").text


def test_a_title_with_markup_cannot_come_alive_in_an_answer(desk):
    desk.say("open A &lt;b&gt; &amp;amp; *outage* | Text.")
    assert desk.incident().title == "A <b> &amp; outage"
    assert "A &lt;b&gt; &amp;amp; outage" in desk.say("list").text
