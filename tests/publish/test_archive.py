"""The archives: a year by its days, and what programs and printers read on an incident's page."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ids import new_id
from bot.core.maintenance import accepted
from bot.core.status import ComponentStatus, Phase
from tests.support.maintenance import plan
from tests.support.telling import NOON, cause, find, open_incident, retract, tell

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
    told(desk, "Older", 60)
    told(desk, "Short", 40)
    desk.sync()
    months = desk.site.page("2013/index.html").every("svg", class_="squares")
    drawn = [month.one(class_="calm").attributes["d"] for month in months]
    assert drawn == ["M0 5h308", "M0 5h218"]  # 31 and 22 days, 8 wide and 2 apart


def drawn(desk, year):
    """A year's months, oldest first: what is drawn of known days, and of those before."""
    months = desk.site.page(f"{year}/index.html").every("svg", class_="squares")
    return [
        [path.attributes["d"] for kind in ("calm", "void") for path in month.every(class_=kind)]
        for month in months
    ]


def test_days_before_the_pages_first_have_no_square_and_their_months_are_not_there(desk):
    told(desk, "First", 40)  # 13 January
    desk.sync()
    assert drawn(desk, 2013) == [["M120 5h188", "M0 9.5h118"], ["M0 5h218"]]
    with desk.database.telling(cause("clock", at=NOON + timedelta(days=400))) as ledger:
        ledger.turn_day()
    desk.sync()
    assert len(drawn(desk, 2013)) == 12


def test_a_year_that_is_no_longer_the_first_or_is_again_is_written_again(desk):
    told(desk, "First", 40)
    desk.sync()
    began = drawn(desk, 2013)
    older = open_incident(desk.database, "Older", display_at=NOON - timedelta(days=80))
    tell(desk.database, older.number, Phase.RESOLVED, display_at=NOON - timedelta(days=80))
    desk.sync()
    assert drawn(desk, 2012) == [["M30 5h278", "M0 9.5h28"]]  # 4 December
    assert drawn(desk, 2013) == [["M0 5h308"], ["M0 5h218"]]
    for _ in range(2):
        retract(desk.database, older.number, at=desk.now())
    desk.sync()
    assert drawn(desk, 2013) == began


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


def days_of(desk, year=2013):
    """The days with a square, each as month and day."""
    return [said.partition(":")[0] for said, *_ in marks(desk.site.page(f"{year}/index.html"))]


def test_days_between_its_end_and_its_reopening_have_no_square(desk):
    one = told(desk, "Again", 40)
    start = NOON - timedelta(days=20)
    tell(desk.database, one.number, Phase.IDENTIFIED, display_at=start, reopening=True)
    tell(desk.database, one.number, Phase.RESOLVED, display_at=start + timedelta(hours=1))
    tell(desk.database, one.number, Phase.POSTMORTEM, display_at=NOON, reopening=True)
    desk.sync()
    assert days_of(desk) == ["Sunday, January 13, 2013", "Saturday, February 2, 2013"]


def test_what_ended_at_midnight_has_no_square_on_the_day_it_did_not_reach(desk):
    told(desk, "Short", 40, hours=12)
    desk.sync()
    assert days_of(desk) == ["Sunday, January 13, 2013"]


def work(desk, number, *turns):
    """Have a maintenance turn, days after noon."""
    for days, phase in turns:
        with desk.database.telling(cause("turn", at=NOON + timedelta(days=days))) as ledger:
            one = find(ledger, number)
            told = replace(one.updates[-1], id=new_id(), number=len(one.updates) + 1, phase=phase)
            told = replace(told, created_at=ledger.at, display_at=ledger.at)
            ledger.append(accepted(one, told))


def test_a_maintenance_has_its_squares_when_it_ran_wherever_its_window_was(desk):
    one = plan(desk.database, begins=NOON + timedelta(days=5))
    work(desk, one.number, (1, Phase.IN_PROGRESS), (2, Phase.COMPLETED))
    desk.sync()
    assert days_of(desk) == ["Saturday, February 23, 2013", "Sunday, February 24, 2013"]


@pytest.mark.parametrize("taken_back", [1, 2])
def test_a_maintenance_whose_start_was_taken_back_has_no_square(desk, taken_back):
    one = plan(desk.database, begins=NOON + timedelta(days=1))
    work(desk, one.number, *((1, Phase.IN_PROGRESS), (2, Phase.COMPLETED))[:taken_back])
    for _ in range(taken_back):
        retract(desk.database, one.number, at=NOON + timedelta(days=2))
    with desk.database.telling(cause("clock", at=NOON + timedelta(days=9))) as ledger:
        ledger.turn_day()
    desk.sync()
    assert days_of(desk) == []


def test_what_began_last_year_has_its_squares_in_this_one_without_a_word_in_it(desk):
    open_incident(desk.database, "Long", display_at=NOON - timedelta(days=55))  # 29 December
    told(desk, "Other", 50)
    desk.sync()
    assert len(days_of(desk, 2012)) == 3
    assert days_of(desk)[0] == "Tuesday, January 1, 2013"
    assert len(days_of(desk)) == 31 + 22


def test_a_year_in_which_it_went_on_without_a_word_is_written_again_when_it_is_over(desk):
    one = open_incident(desk.database, "Long", display_at=NOON - timedelta(days=800))
    told(desk, "Other", 400)
    desk.sync()
    assert len(days_of(desk, 2012)) == 366
    tell(desk.database, one.number, Phase.RESOLVED, display_at=NOON - timedelta(days=799))
    desk.sync()
    assert days_of(desk, 2012) == ["Thursday, January 19, 2012"]


@pytest.mark.parametrize(("is_over", "before", "after"), [(True, 1, 366), (False, 366, 1)])
def test_a_year_without_a_word_of_it_is_written_again_when_one_is_taken_back(
    desk, is_over, before, after
):
    one = open_incident(desk.database, "Long", display_at=NOON - timedelta(days=800))
    if is_over:
        tell(desk.database, one.number, Phase.RESOLVED, display_at=NOON - timedelta(days=799))
    told(desk, "Other", 400)
    desk.sync()
    assert len(days_of(desk, 2012)) == before
    retract(desk.database, one.number)
    desk.sync()
    assert len(days_of(desk, 2012)) == after


def test_a_year_names_at_most_thirty_reports_of_a_month_and_leads_to_the_others(desk):
    for _ in range(32):
        told(desk, "One of many", 40)
    desk.sync()
    lines = desk.site.page("2013/index.html").one(id="2013-01").every("li")
    assert len(lines) == 31
    assert lines[-1].text == "and 2 more reports"
    assert lines[-1].one("a").attributes["href"] == "/2013/01/"


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
    assert (said["startDate"], said["endDate"]) == ("2013-02-23T20:00:00Z", "2013-02-23T22:00:00Z")


def test_a_maintenance_that_is_over_is_the_event_that_it_was(desk):
    one = plan(desk.database)
    for hours, phase in ((1, Phase.IN_PROGRESS), (2, Phase.COMPLETED)):
        tell(desk.database, one.number, phase, at=NOON + timedelta(hours=hours))
    desk.sync()
    said = linked(desk, one.id)
    assert (said["startDate"], said["endDate"]) == ("2013-02-22T21:00:00Z", "2013-02-22T22:00:00Z")


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
