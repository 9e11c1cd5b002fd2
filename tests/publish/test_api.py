"""The public API v2: what clients of Statuspage need, point by point."""

from datetime import timedelta

import pytest

from bot.core.status import ComponentStatus, Impact, Phase
from bot.publish.renderer import TEMPLATES
from storage.database import Database
from tests.publish import schemas
from tests.publish.conftest import Desk
from tests.support.contract import files_agree, keeps_the_contract, valid
from tests.support.maintenance import plan
from tests.support.telling import (
    NOON,
    a_component,
    a_page,
    cause,
    edit,
    open_incident,
    retract,
    tell,
)

DOWN, SLOW = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED_PERFORMANCE


@pytest.fixture
def api(desk):
    """Publishes, and reads one file of the API."""

    def read(path):
        desk.sync()
        return desk.site.json(f"api/v2/{path}")

    return read


def add_group(desk):
    with desk.database.telling(cause("components", at=desk.now())) as ledger:
        group = a_component("group:apis", 5, ledger.at, is_group=True)
        ledger.add_component(group)
        ledger.add_component(a_component("search", 1, ledger.at, group=group.id))
        ledger.add_component(a_component("mail", 2, ledger.at, group=group.id))
    return group


def live_a_while(desk):
    """A history with a bit of everything."""
    add_group(desk)
    for number in range(4):
        one = open_incident(desk.database, f"Trouble {number}", statuses={"www": SLOW})
        tell(desk.database, one.number, Phase.MONITORING, statuses={"www": SLOW})
        tell(desk.database, one.number, Phase.RESOLVED, at=desk.now())
    open_incident(desk.database, "Search is down", statuses={"search": DOWN, "class": SLOW})
    open_incident(desk.database, "Nothing named", impact=Impact.CRITICAL)
    withdrawn = open_incident(desk.database, "A mistake", statuses={"mail": DOWN})
    retract(desk.database, withdrawn.number, at=desk.now())
    plan(desk.database)
    running = plan(desk.database, "Running", of="class")
    tell(desk.database, running.number, Phase.IN_PROGRESS)
    over = plan(desk.database, "Over", of="mail")
    tell(desk.database, over.number, Phase.COMPLETED)
    edit(desk.database, 5, "Corrected.", at=desk.now())


@pytest.mark.parametrize("told", [live_a_while, lambda desk: open_incident(desk.database)])
def test_every_file_keeps_the_contract(desk, told):
    told(desk)
    desk.sync()
    keeps_the_contract(desk.site)


def test_files_are_utf_8_without_a_mark(desk):
    open_incident(desk.database, "Störung 🦆")
    desk.sync()
    body = desk.site.read("api/v2/incidents.json")
    assert body.startswith(b"{")
    assert "Störung 🦆".encode() in body


def test_the_files_agree_with_each_other(desk):
    live_a_while(desk)
    desk.sync()
    files_agree(desk.site)


def test_open_incidents_carry_what_the_components_are_now(desk):
    first = open_incident(desk.database, statuses={"www": SLOW})
    desk.sync()
    second = open_incident(desk.database, "Worse", statuses={"www": DOWN})
    desk.sync()
    (component,) = desk.site.json(f"api/v2/incidents/{first.id}.json")["incident"]["components"]
    assert component["status"] == "major_outage"
    tell(desk.database, first.number, Phase.RESOLVED, at=desk.now())
    desk.sync()
    (component,) = desk.site.json(f"api/v2/incidents/{first.id}.json")["incident"]["components"]
    assert component["status"] == "operational"
    (component,) = desk.site.json(f"api/v2/incidents/{second.id}.json")["incident"]["components"]
    assert component["status"] == "major_outage"


def test_groups_and_their_components(desk, api):
    group = add_group(desk)
    open_incident(desk.database, statuses={"search": DOWN})
    components = {one["name"]: one for one in api("components.json")["components"]}
    assert components["group:apis"]["components"] == [
        components["search"]["id"],
        components["mail"]["id"],
    ]
    assert components["group:apis"]["status"] == "major_outage"
    assert components["search"]["group_id"] == group.id
    assert "components" not in components["search"]
    (one,) = api("incidents.json")["incidents"]
    (affected,) = one["incident_updates"][0]["affected_components"]
    assert affected["name"] == "group:apis - search"
    assert (affected["old_status"], affected["new_status"]) == ("operational", "major_outage")


def test_updates_stand_newest_first_and_say_what_they_changed(desk, api):
    open_incident(desk.database, text="First.", statuses={"www": DOWN})
    tell(desk.database, 1, Phase.IDENTIFIED, text="Second.")
    tell(desk.database, 1, text="Third.", statuses={"www": SLOW})
    (one,) = api("incidents.json")["incidents"]
    assert [update["body"] for update in one["incident_updates"]] == ["Third.", "Second.", "First."]
    changes = [update["affected_components"] for update in one["incident_updates"]]
    assert changes[0][0]["old_status"] == "major_outage"
    assert changes[1] is None


def test_a_maintenance_moves_from_upcoming_to_active_to_neither(desk, api):
    planned = plan(desk.database)

    def where():
        paths = ("upcoming", "active")
        lists = {path: api(f"scheduled-maintenances/{path}.json") for path in paths}
        return [path for path, said in lists.items() if said["scheduled_maintenances"]]

    assert where() == ["upcoming"]
    assert api("status.json")["status"]["indicator"] == "none"
    tell(desk.database, planned.number, Phase.IN_PROGRESS)
    assert where() == ["active"]
    assert api("status.json")["status"]["indicator"] == "maintenance"
    tell(desk.database, planned.number, Phase.COMPLETED)
    assert where() == []
    (one,) = api("scheduled-maintenances.json")["scheduled_maintenances"]
    assert (one["status"], one["impact"]) == ("completed", "maintenance")
    assert one["resolved_at"]
    assert api("incidents.json")["incidents"] == []


def test_times_carry_milliseconds_and_the_pages_offset(desk, api):
    open_incident(desk.database, at=NOON, display_at=NOON - timedelta(hours=1))
    (one,) = api("incidents.json")["incidents"]
    assert one["created_at"] == "2013-02-22T12:00:00.001-08:00"
    assert one["started_at"] == "2013-02-22T11:00:00.000-08:00"
    assert one["incident_updates"][0]["display_at"] == "2013-02-22T11:00:00.000-08:00"
    assert api("status.json")["page"]["time_zone"] == "America/Los_Angeles"


def test_a_page_in_utc_says_z(sqlite_url, tmp_path):
    database = Database(sqlite_url)
    database.migrate()
    database.begin(a_page("UTC"))
    open_incident(database)
    desk = Desk(database, tmp_path / "public")
    desk.sync()
    page = desk.site.json("api/v2/status.json")["page"]
    assert page["updated_at"] == "2013-02-22T20:00:00.000Z"
    assert page["time_zone"] == "Etc/UTC"
    database.close()


def test_a_page_without_components_is_its_own(sqlite_url, tmp_path):
    database = Database(sqlite_url)
    database.migrate()
    database.begin(a_page())
    open_incident(database)
    desk = Desk(database, tmp_path / "public")
    desk.sync()
    summary = desk.site.json("api/v2/summary.json")
    valid(schemas.DOCUMENTS["summary.json"], summary)
    (component,) = summary["components"]
    assert (component["name"], component["status"]) == ("Coursera", "degraded_performance")
    tell(database, 1, Phase.RESOLVED, at=desk.now())
    desk.sync()
    (component,) = desk.site.json("api/v2/components.json")["components"]
    assert component["status"] == "operational"
    database.close()


def test_the_pages_time_changes_with_every_revision_and_only_then(desk, api):
    open_incident(desk.database)
    seen = [api("status.json")["page"]["updated_at"]]
    desk.sync()
    assert api("status.json")["page"]["updated_at"] == seen[0]
    for _ in range(3):  # at the same moment of the clock
        tell(desk.database, 1, at=NOON)
        seen.append(api("status.json")["page"]["updated_at"])
    assert len(set(seen)) == len(seen)


def test_a_withdrawn_report_says_only_that(desk, api):
    one = open_incident(desk.database, "Not for the public", statuses={"www": DOWN})
    retract(desk.database, one.number, at=desk.now())
    own = api(f"incidents/{one.id}.json")["incident"]
    valid(schemas.INCIDENT, own)
    assert (own["name"], own["status"], own["impact"]) == ("Withdrawn report", "resolved", "none")
    assert [update["body"] for update in own["incident_updates"]] == ["This report was withdrawn."]
    assert own["components"] == []
    assert api("incidents.json")["incidents"] == []
    for path in desk.site.paths():
        assert b"Not for the public" not in desk.site.read(path)


def test_monitoring_and_resolving_have_their_times(desk, api):
    open_incident(desk.database)
    tell(desk.database, 1, Phase.MONITORING, at=desk.now())
    tell(desk.database, 1, Phase.MONITORING, at=desk.now())
    resolved = tell(desk.database, 1, Phase.RESOLVED, at=desk.now())
    (one,) = api("incidents.json")["incidents"]
    updates = one["incident_updates"]
    assert one["monitoring_at"] == updates[2]["display_at"]
    assert one["resolved_at"] == updates[0]["display_at"]
    tell(desk.database, resolved.number, Phase.INVESTIGATING, reopening=True, at=desk.now())
    assert api("incidents.json")["incidents"][0]["resolved_at"] is None


def test_an_incident_that_is_open_for_long_is_never_missing(desk, api, monkeypatch):
    monkeypatch.setattr("bot.publish.site.API_INCIDENTS", 2)
    first = open_incident(desk.database, "Old and open", at=desk.now())
    for number in range(3):
        one = open_incident(desk.database, f"Trouble {number}", at=desk.now())
        tell(desk.database, one.number, Phase.RESOLVED, at=desk.now())
    names = [one["name"] for one in api("incidents.json")["incidents"]]
    assert names == ["Trouble 2", "Trouble 1", "Old and open"]
    assert api(f"incidents/{first.id}.json")["incident"]["duckrow"]["number"] == 1


def test_robots_may_read_the_api():
    assert "Allow: /api/" in (TEMPLATES / "robots.txt").read_text()
