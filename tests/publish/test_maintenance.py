"""What readers and programs see of a maintenance, from its announcement to its end."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from bot import commands
from bot.clock import keep_time
from bot.commands import Call
from bot.core.status import ComponentStatus, Kind
from bot.publish.site import Site
from tests.support.contract import files_agree, keeps_the_contract
from tests.support.telling import ANA, open_incident

PLAN = "schedule www from=22:00 for=3h Moving house | We move to other machines."
BEGINS = datetime(2013, 2, 23, 6, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=3)
DOWN = ComponentStatus.MAJOR_OUTAGE


@pytest.fixture
def say(desk):
    """Types a line about maintenances."""
    keys = count(1)

    def type_(line):
        call = Call(f"k{next(keys)}", line, ANA, "C0", desk.now(), about=Kind.MAINTENANCE)
        answer = commands.run(call, desk.database)
        assert answer.saved, answer.text

    return type_


@pytest.fixture
def api(desk):
    """Publishes, and reads one file of the API."""

    def read(path):
        desk.sync()
        keeps_the_contract(desk.site)
        files_agree(desk.site)
        return desk.site.json(f"api/v2/{path}")

    return read


@pytest.fixture
def wire(api):
    """The newest maintenance as programs get it."""
    return lambda: api("scheduled-maintenances.json")["scheduled_maintenances"][0]


@pytest.fixture
def home(desk):
    """What the home page's template is given."""

    def view():
        with desk.database.read() as ledger:
            return Site(ledger).home()

    return view


def affected(one):
    return [update["affected_components"] for update in one["incident_updates"]]


def test_what_is_planned_claims_no_change(say, api, wire, home):
    say(PLAN)
    one = wire()
    assert (one["status"], one["impact"]) == ("scheduled", "maintenance")
    assert affected(one) == [None]
    assert [component["status"] for component in one["components"]] == ["operational"]
    assert one["scheduled_for"] == "2013-02-22T22:00:00.000-08:00"
    assert one["scheduled_until"] == "2013-02-23T01:00:00.000-08:00"
    assert one["started_at"] == one["created_at"]
    assert api("status.json")["status"]["indicator"] == "none"
    assert [one["name"] for one in api("summary.json")["scheduled_maintenances"]] == [
        "Moving house"
    ]
    assert api("scheduled-maintenances/active.json")["scheduled_maintenances"] == []
    (story,) = home().maintenances
    assert (story.affected, story.posts[0].turns) == (("www",), ())
    assert (story.began_at, story.lasted) == (None, None)


def test_the_start_says_what_it_changes_and_the_end_takes_it_back(desk, say, wire, api, home):
    say(PLAN)
    keep_time(desk.database)(BEGINS)
    one = wire()
    assert one["status"] == "in_progress"
    (www,) = affected(one)[0]
    assert (www["old_status"], www["new_status"]) == ("operational", "under_maintenance")
    assert one["components"][0]["status"] == "under_maintenance"
    assert api("status.json")["status"]["description"] == "Service Under Maintenance"
    assert api("scheduled-maintenances/upcoming.json")["scheduled_maintenances"] == []
    (story,) = home().maintenances
    assert story.began_at == BEGINS
    keep_time(desk.database)(ENDS)
    one = wire()
    assert (one["status"], one["components"][0]["status"]) == ("completed", "operational")
    (www,) = affected(one)[0]
    assert (www["old_status"], www["new_status"]) == ("under_maintenance", "operational")
    assert one["resolved_at"] == "2013-02-23T01:00:00.000-08:00"
    assert home().maintenances == ()
    assert api("incidents.json")["incidents"] == []


def test_a_cancelled_one_is_completed_to_programs_and_cancelled_to_readers(desk, say, wire):
    say(PLAN)
    say("cancel")
    one = wire()
    assert one["status"] == "completed"
    assert affected(one) == [None, None]
    assert one["components"][0]["status"] == "operational"
    with desk.database.read() as ledger:
        site = Site(ledger)
        story = site.one(site.maintenances[0].id).story
    assert story.is_cancelled
    assert story.began_at is None
    assert [post.is_cancellation for post in story.posts] == [True, False]
    page = desk.site.page(f"incidents/{story.id}/index.html").text
    assert "Cancelled" in page
    assert "Completed" not in page
    assert "Completed" in desk.site.read("history.atom").decode()
    assert "EventCancelled" in desk.site.read(f"incidents/{story.id}/index.html").decode()


def test_a_withdrawn_one_keeps_to_the_words_of_maintenances(desk, say, api):
    say(PLAN)
    with desk.database.read() as ledger:
        planned = ledger.incident(1)
    say("retract #1")
    one = api(f"incidents/{planned.id}.json")["incident"]
    assert (one["status"], one["impact"]) == ("completed", "maintenance")
    assert (one["name"], one["components"]) == ("Withdrawn report", [])
    assert api("scheduled-maintenances.json")["scheduled_maintenances"] == []


def test_a_maintenance_hides_no_outage(desk, say, api):
    say(PLAN)
    keep_time(desk.database)(BEGINS)
    open_incident(desk.database, statuses={"www": DOWN}, at=BEGINS + timedelta(minutes=1))
    components = {one["name"]: one["status"] for one in api("components.json")["components"]}
    assert components["www"] == "major_outage"
    say("complete #1")
    components = {one["name"]: one["status"] for one in api("components.json")["components"]}
    assert components["www"] == "major_outage"


def test_an_extension_moves_the_window_and_is_told(say, wire):
    say(PLAN)
    say("extend until=2013-02-23T03:00")
    one = wire()
    assert one["scheduled_until"] == "2013-02-23T03:00:00.000-08:00"
    assert len(one["incident_updates"]) == 2
    assert one["incident_updates"][0]["status"] == "scheduled"


def test_what_is_planned_for_long_is_never_missing(say, api, monkeypatch):
    monkeypatch.setattr("bot.publish.site.API_INCIDENTS", 2)
    say("schedule www from=2014-01-01T22:00 for=1h Far away | Text.")
    for number in range(3):
        say(f"schedule from=22:00 for=1h Soon {number} | Text.")
        say(f"cancel #{number + 2}")
    names = [one["name"] for one in api("scheduled-maintenances.json")["scheduled_maintenances"]]
    assert "Far away" in names


def test_what_was_planned_for_a_time_that_has_passed_is_not_still_to_come(desk, say, api, home):
    say(PLAN)
    keep_time(desk.database)(ENDS)
    say("retract #1")
    say("retract")
    assert not keep_time(desk.database)(ENDS + timedelta(hours=1))
    assert api("scheduled-maintenances/upcoming.json")["scheduled_maintenances"] == []
    assert home().maintenances == ()
    (one,) = api("scheduled-maintenances.json")["scheduled_maintenances"]
    assert one["status"] == "scheduled"
    say("extend until=2013-02-23T05:00")
    assert len(api("scheduled-maintenances/upcoming.json")["scheduled_maintenances"]) == 1
