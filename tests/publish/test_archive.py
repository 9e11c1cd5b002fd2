"""The archives: a year by its days, and what programs and printers read on an incident's page."""

import json
from datetime import timedelta

import pytest

from bot.core.status import ComponentStatus, Phase
from tests.support.maintenance import plan
from tests.support.telling import NOON, cause, open_incident, retract, tell

DOWN, SLOW = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED_PERFORMANCE


def told(desk, title, begins, *, hours=1, status=DOWN):
    """An incident from `begins` days before noon, over after some hours."""
    start = NOON - timedelta(days=begins)
    one = open_incident(desk.database, title, display_at=start, statuses={"www": status})
    tell(desk.database, one.number, Phase.RESOLVED, display_at=start + timedelta(hours=hours))
    return one


def marks(year):
    """Of each troubled day: what it says, its shape, and where it leads."""
    return [
        (
            day.one("title").text,
            day.one("use").attributes["href"].removeprefix("#"),
            day.attributes["href"],
        )
        for month in year.every("svg", class_="squares")
        for day in month.every("a")
    ]


def test_a_year_has_a_shape_for_each_day_that_had_something(desk):
    one = told(desk, "Short", 40)
    desk.sync()
    assert marks(desk.site.page("2013/index.html")) == [
        ("Sunday, January 13, 2013: Short", "major_outage", f"/incidents/{one.id}/")
    ]


def test_what_goes_on_for_days_stands_in_each_and_the_worst_gives_the_shape(desk):
    long = told(desk, "Long", 40, hours=48, status=SLOW)
    told(desk, "Worse", 39)
    desk.sync()
    assert marks(desk.site.page("2013/index.html")) == [
        ("Sunday, January 13, 2013: Long", "degraded_performance", f"/incidents/{long.id}/"),
        ("Monday, January 14, 2013: Long, Worse", "major_outage", "#2013-01"),
        ("Tuesday, January 15, 2013: Long", "degraded_performance", f"/incidents/{long.id}/"),
    ]


def test_a_day_that_has_not_come_has_no_square(desk):
    told(desk, "Short", 40)
    desk.sync()
    months = desk.site.page("2013/index.html").every("svg", class_="squares")
    drawn = [month.one(class_="calm").attributes["d"] for month in months]
    assert drawn == ["M0 5h308", "M0 5h218"]  # 31 and 22 days, 8 wide and 2 apart


def test_a_day_that_passed_gets_its_square_though_nothing_was_told(desk):
    told(desk, "Short", 40)
    desk.sync()
    with desk.database.telling(cause("clock", at=NOON + timedelta(days=1))) as ledger:
        ledger.turn_day()
    desk.sync()
    months = desk.site.page("2013/index.html").every("svg", class_="squares")
    assert months[-1].one(class_="calm").attributes["d"] == "M0 5h228"


def test_what_was_withdrawn_leaves_its_square(desk):
    told(desk, "Short", 40)
    one = open_incident(desk.database, "Mistake", display_at=NOON - timedelta(days=30))
    retract(desk.database, one.number)
    desk.sync()
    assert [said for said, *_ in marks(desk.site.page("2013/index.html"))] == [
        "Sunday, January 13, 2013: Short"
    ]


def linked(desk, public_id):
    page = desk.site.page(f"incidents/{public_id}/index.html")
    return json.loads(page.one("script", type="application/ld+json").children[0])


def test_an_incident_is_a_live_report_to_programs(desk):
    one = open_incident(desk.database, "Out </script>", text="*Down* <https://example.org|now>")
    tell(desk.database, one.number, Phase.RESOLVED, text="Back.", at=desk.now())
    desk.sync()
    said = linked(desk, one.id)
    assert said["@type"] == "LiveBlogPosting"
    assert said["headline"] == "Out </script>"
    assert (said["coverageStartTime"], said["coverageEndTime"]) == (
        "2013-02-22T20:00:00Z",
        "2013-02-22T20:01:00Z",
    )
    assert [post["articleBody"] for post in said["liveBlogUpdate"]] == [
        "Back.",
        "Down now (https://example.org)",
    ]
    for post in said["liveBlogUpdate"]:
        address, _, anchor = post["url"].partition("#")
        assert address == said["url"]
        assert desk.site.page(f"incidents/{one.id}/index.html").every(id=anchor)


def test_a_maintenance_is_an_event_to_programs(desk):
    one = plan(desk.database)
    desk.sync()
    said = linked(desk, one.id)
    assert said["@type"] == "Event"
    assert said["startDate"] < said["endDate"]


@pytest.mark.parametrize("postmortem", [True, False])
def test_what_was_learned_stands_before_the_updates(desk, postmortem):
    one = open_incident(desk.database)
    tell(desk.database, one.number, Phase.RESOLVED, at=desk.now())
    if postmortem:
        tell(
            desk.database,
            one.number,
            Phase.POSTMORTEM,
            text="A disk was full.",
            at=desk.now(),
            reopening=True,
        )
    desk.sync()
    page = desk.site.page(f"incidents/{one.id}/index.html")
    assert [part.one(class_="text").text for part in page.every(class_="postmortem")] == (
        ["A disk was full."] if postmortem else []
    )
    assert len(page.one(class_="updates").every(class_="when")) == 2
