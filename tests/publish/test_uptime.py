"""Bars on the home page, a component's page, and the numbers as JSON."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.status import ComponentStatus, Phase
from storage.schema import component as component_table
from tests.publish import schemas
from tests.support.contract import valid
from tests.support.maintenance import plan
from tests.support.telling import NOON, a_component, cause, open_incident, retract, tell

OK, CARE, SLOW, PARTIAL, DOWN = ComponentStatus
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def old_desk(desk):
    """Its components are there for longer than anybody looks back."""
    with desk.database.write() as ledger:
        ledger.connection.execute(component_table.update(), {"created_at": NOON - 1000 * DAY})
    return desk


def outage(desk, said, *, ago, lasting, title="Site Outage"):
    """Something that was over before the page's last change."""
    begun = NOON - ago
    one = open_incident(desk.database, title, display_at=begun, statuses=said)
    tell(desk.database, one.number, Phase.RESOLVED, display_at=begun + lasting)
    return one


def part(page, slug):
    """A component of the home page."""
    for one in page.every("li", class_="part"):
        if one.every("a", href=f"/components/{slug}/"):
            return one
    raise AssertionError(slug)


def days(part):
    """The names and addresses of the troubled days of a bar."""
    links = part.one("svg", class_="bars").every("a")
    return [(link.one("title").text, link.attributes["href"]) for link in links]


def test_a_day_of_trouble_says_what_happened_and_leads_there(old_desk):
    one = outage(old_desk, {"www": DOWN}, ago=2 * DAY, lasting=72 * HOUR / 60)
    old_desk.sync()
    www = part(old_desk.site.home, "www")
    said = "Wednesday, February 20, 2013: Major outage, 1 h 12 min – Site Outage"
    assert days(www) == [(said, f"/incidents/{one.id}/")]
    assert www.one(class_="share").text == "99.94% uptime"
    assert days(part(old_desk.site.home, "class")) == []


def test_a_table_says_it_in_words(old_desk):
    outage(old_desk, {"www": DOWN}, ago=2 * DAY, lasting=HOUR)
    old_desk.sync()
    table = part(old_desk.site.home, "www").one("table")
    assert table.one("caption").text == "www: 99.95% uptime in the last 90 days"
    (row,) = table.every("tr")
    assert row.one("th").text == "Wednesday, February 20, 2013"
    assert row.one("td").text == "Major outage, 1 h – Site Outage"


def test_a_day_with_several_incidents_leads_to_the_components_month(old_desk):
    outage(old_desk, {"www": DOWN}, ago=2 * DAY, lasting=HOUR)
    outage(old_desk, {"www": SLOW}, ago=2 * DAY - HOUR, lasting=HOUR, title="Slow pages")
    old_desk.sync()
    ((said, address),) = days(part(old_desk.site.home, "www"))
    assert said.endswith("Major outage, 1 h; Degraded performance, 1 h – Site Outage, Slow pages")
    assert address == "/components/www/#2013-02"
    assert old_desk.site.page("components/www/index.html").one(id="2013-02")


def test_the_worst_of_a_day_gives_the_bar_its_form(old_desk):
    for at, status in enumerate((SLOW, PARTIAL, DOWN), start=1):
        outage(old_desk, {"www": status}, ago=at * DAY, lasting=HOUR)
    old_desk.sync()
    www = part(old_desk.site.home, "www")
    bar = www.one("svg", class_="bars")
    drawn = [(one.attributes["href"], one.attributes["x"]) for one in bar.every("use")]
    assert drawn == [
        ("#bar-major_outage", "86"),
        ("#bar-partial_outage", "87"),
        ("#bar-degraded_performance", "88"),
    ]
    forms = {one.attributes.get("id", "") for one in old_desk.site.home.every("path")}
    assert {f"bar-{one.value}" for one in ComponentStatus if one is not OK} <= forms


def test_what_is_open_is_in_todays_bar_at_once(desk):
    one = open_incident(desk.database, statuses={"www": DOWN})
    desk.sync()
    ((said, address),) = days(part(desk.site.home, "www"))
    assert said == "Friday, February 22, 2013: Major outage, less than a minute – Site Outage"
    assert address == f"/incidents/{one.id}/"
    assert "99.99%" in part(desk.site.home, "www").one(class_="share").text
    assert desk.site.json("uptime.json")["components"][0]["uptime_percent"] == 99.99


def test_an_incident_that_was_silent_for_long_counts_to_this_day(old_desk):
    open_incident(old_desk.database, statuses={"www": PARTIAL}, display_at=NOON - 200 * DAY)
    old_desk.sync()
    www = part(old_desk.site.home, "www")
    assert len(days(www)) == 90
    assert www.one(class_="share").text == "70.00% uptime"


def test_days_before_a_component_was_there_are_a_thin_line(desk):
    outage(desk, {"www": DOWN}, ago=3 * DAY, lasting=HOUR)
    desk.sync()
    www = part(desk.site.home, "www").one("svg", class_="bars")
    assert www.one("path", class_="void").attributes["d"] == "M0 27.5h89"
    assert www.one("path", class_="calm").attributes["d"] == "M89 23h1"
    assert [address for _, address in days(part(desk.site.home, "www"))]  # it was told, and counts


def test_a_group_shows_its_worst_and_the_mean(old_desk):
    with old_desk.database.telling(cause("components")) as ledger:
        group = replace(
            a_component("group:sites", 5, NOON - 900 * DAY, is_group=True), name="Sites"
        )
        ledger.add_component(group)
        for at, slug in enumerate(("one", "two"), start=1):
            ledger.add_component(a_component(slug, at, NOON - 900 * DAY, group=group.id))
    outage(old_desk, {"one": PARTIAL}, ago=DAY, lasting=10 * HOUR)
    outage(old_desk, {"two": DOWN}, ago=DAY, lasting=HOUR)
    old_desk.sync()
    summary = old_desk.site.home.one("summary")
    assert summary.one(class_="share").text == "99.90% uptime"  # of 99.86 and 99.95
    assert [one.attributes["class"] for one in summary.one("svg", class_="bars").every("g")] == [
        "major_outage"
    ]
    assert summary.every("a") == []


# --- a component's page


def months(page):
    """Each month's anchor, percentage and titles."""
    return [
        (
            one.attributes["id"],
            one.one(class_="share").text,
            [link.text for item in one.every("li") for link in item.every("a")],
        )
        for one in page.one("section", class_="months").every("section")
    ]


def test_a_component_has_a_page_of_its_last_two_years(old_desk):
    outage(old_desk, {"www": DOWN}, ago=2 * DAY, lasting=HOUR, title="Newer")
    outage(old_desk, {"www": SLOW}, ago=1 * DAY, lasting=HOUR, title="Newest")
    outage(old_desk, {"www": DOWN}, ago=400 * DAY, lasting=31 * DAY, title="Old")
    outage(old_desk, {"www": DOWN}, ago=740 * DAY, lasting=HOUR, title="Too old")
    outage(old_desk, {"class": DOWN}, ago=5 * DAY, lasting=HOUR, title="Another's")
    old_desk.sync()
    page = old_desk.site.page("components/www/index.html")
    told = months(page)
    assert len(told) == 24
    assert told[0] == ("2013-02", "99.80%", ["Newest", "Newer"])
    assert told[1] == ("2013-01", "100%", [])
    assert [one for one in told if one[2] == ["Old"]] == [
        ("2012-02", "36.20%", ["Old"]),
        ("2012-01", "59.67%", ["Old"]),
    ]
    assert "Too old" not in page.text
    assert "Another's" not in page.text


def episodes(desk, slug):
    """What its page lists: each month, and what it says there."""
    page = desk.site.page(f"components/{slug}/index.html")
    return [
        (month.attributes["id"], " ".join(item.text.split()))
        for month in page.one("section", class_="months").every("section")
        for item in month.every("li")
    ]


def test_an_incident_lasts_as_long_as_its_own_component_was_not_well(old_desk):
    begun = NOON - 70 * DAY
    one = open_incident(old_desk.database, display_at=begun, statuses={"www": DOWN, "class": DOWN})
    tell(old_desk.database, one.number, display_at=begun + HOUR, statuses={"www": OK})
    tell(old_desk.database, one.number, Phase.RESOLVED)
    old_desk.sync()
    ((month, said),) = episodes(old_desk, "www")
    assert month == "2012-12"
    assert "1 h" in said
    assert "69 d" not in said
    assert [month for month, _ in episodes(old_desk, "class")] == ["2013-02", "2013-01", "2012-12"]


def test_an_incident_is_listed_from_when_it_named_the_component(old_desk):
    begun = NOON - 70 * DAY
    one = open_incident(old_desk.database, display_at=begun, statuses={"class": DOWN})
    tell(old_desk.database, one.number, display_at=NOON - DAY, statuses={"www": SLOW})
    old_desk.sync()
    ((month, said),) = episodes(old_desk, "www")
    assert month == "2013-02"
    assert "February 21, 2013" in said


def test_an_incident_that_only_called_it_well_is_listed_where_it_did(old_desk):
    begun = NOON - 70 * DAY
    one = open_incident(old_desk.database, display_at=begun, statuses={"class": DOWN})
    tell(old_desk.database, one.number, display_at=NOON - DAY, statuses={"www": OK})
    old_desk.sync()
    ((month, said),) = episodes(old_desk, "www")
    assert month == "2013-02"
    assert "Operational" in said


def test_a_month_of_very_many_leads_to_its_own_page_for_the_rest(old_desk, monkeypatch):
    monkeypatch.setattr("bot.publish.uptime.MOST", 2)
    for count in range(1, 5):
        outage(old_desk, {"www": SLOW}, ago=count * HOUR, lasting=HOUR, title=f"{count} h ago")
    old_desk.sync()
    *listed, (_, more) = episodes(old_desk, "www")
    assert [said.split(" Degraded")[0] for _, said in listed] == ["1 h ago", "2 h ago"]
    assert more == "and 2 more reports"
    page = old_desk.site.page("components/www/index.html")
    assert page.every("a", href="/2013/02/")


def test_what_has_just_begun_is_listed_at_once(desk):
    open_incident(desk.database, statuses={"www": DOWN})
    desk.sync()
    assert len(episodes(desk, "www")) == 1


def test_its_page_follows_an_outage_that_goes_on_whatever_else_is_told(desk):
    open_incident(desk.database, statuses={"www": DOWN})
    desk.sync()
    later = NOON + 10 * HOUR
    open_incident(desk.database, "Another", at=later, statuses={"class": SLOW})
    desk.publisher.sync(later)
    assert "54.54%" in part(desk.site.home, "www").one(class_="share").text
    page = desk.site.page("components/www/index.html")
    assert "54.54%" in page.one("dl").text
    assert "54.54%" in page.one("section", class_="months").one(class_="share").text


def test_months_that_nothing_is_known_of_are_left_out(desk):
    outage(desk, {"www": DOWN}, ago=70 * DAY, lasting=HOUR)
    desk.sync()
    told = months(desk.site.page("components/www/index.html"))
    assert [one[0] for one in told] == ["2013-02", "2012-12"]


def test_a_start_date_decides_what_is_known(desk):
    with desk.database.telling(cause("components")) as ledger:
        dated = replace(a_component("dated", 5, ledger.at), start_date=date(2013, 1, 20))
        ledger.add_component(dated)
    outage(desk, {"dated": DOWN}, ago=70 * DAY, lasting=HOUR)
    outage(desk, {"dated": DOWN}, ago=2 * DAY, lasting=HOUR)
    desk.sync()
    told = months(desk.site.page("components/dated/index.html"))
    assert [one[0] for one in told] == ["2013-02", "2013-01"]
    assert len(days(part(desk.site.home, "dated"))) == 1


def test_its_head_says_what_it_is(old_desk):
    outage(old_desk, {"www": DOWN}, ago=DAY, lasting=HOUR)
    old_desk.sync()
    page = old_desk.site.page("components/www/index.html")
    assert page.every("title")[0].text == "www – Coursera status"
    assert page.one("h1").text == "www"
    canonical = page.one("link", rel="canonical").attributes["href"]
    assert canonical == "http://127.0.0.1:8000/components/www/"
    assert "Operational" in page.one("meta", name="description").attributes["content"]
    assert "99.95% in the last 90 days" in page.one("dl").text
    assert "three tenths" in page.text
    assert (
        "<loc>http://127.0.0.1:8000/components/www/</loc>"
        in old_desk.site.read("sitemap.xml").decode()
    )


def test_home_leads_to_how_uptime_is_counted(old_desk):
    open_incident(old_desk.database)
    old_desk.sync()
    (link,) = [one for one in old_desk.site.home.every("a") if one.text == "How uptime is counted"]
    path, _, anchor = link.attributes["href"].partition("#")
    assert old_desk.site.page(f"{path.lstrip('/')}index.html").one(id=anchor)


def test_a_component_that_hides_while_well_has_its_page(desk):
    with desk.database.telling(cause("components")) as ledger:
        ledger.add_component(replace(a_component("shy", 5, ledger.at), only_show_if_degraded=True))
    desk.sync()
    assert desk.site.page("components/shy/index.html").one("h1").text == "shy"


def test_a_maintenance_is_told_ahead_and_in_its_month(old_desk):
    planned = plan(old_desk.database, begins=NOON + DAY)
    old_desk.sync()
    page = old_desk.site.page("components/www/index.html")
    assert "Moving house" in page.one("dl").text
    assert months(page)[0][2] == []
    tell(old_desk.database, planned.number, Phase.IN_PROGRESS, at=NOON + DAY)
    tell(old_desk.database, planned.number, Phase.COMPLETED, at=NOON + DAY + HOUR)
    old_desk.sync()
    page = old_desk.site.page("components/www/index.html")
    assert "Moving house" not in page.one("dl").text
    assert months(page)[0][1:] == ("100%", ["Moving house"])
    ((said, _),) = days(part(old_desk.site.home, "www"))
    assert said.endswith("Under maintenance, 1 h – Moving house")


# --- as JSON


def test_the_json_is_as_its_schema_says(old_desk):
    open_incident(old_desk.database, statuses={"www": DOWN, "class": CARE})
    outage(old_desk, {"www": PARTIAL}, ago=DAY, lasting=HOUR)
    old_desk.sync()
    valid(schemas.UPTIME, old_desk.site.json("uptime.json"))


def test_the_json_has_the_numbers_behind_the_bars(old_desk):
    one = outage(old_desk, {"www": PARTIAL}, ago=DAY, lasting=HOUR)
    old_desk.sync()
    said = old_desk.site.json("uptime.json")
    assert (said["from"], said["to"]) == ("2012-11-25", "2013-02-22")
    www = said["components"][0]
    assert www["name"] == "www"
    assert www["known_from"] == "2012-11-25"
    assert www["days"] == [
        {
            "date": "2013-02-21",
            "major_outage_seconds": 0,
            "partial_outage_seconds": 3600,
            "degraded_performance_seconds": 0,
            "under_maintenance_seconds": 0,
            "related_incidents": [{"id": one.id, "name": "Site Outage"}],
        }
    ]
    counted = www["counted_seconds"]
    exact = 100 * (counted - 0.3 * 3600) / counted
    assert 0 <= exact - www["uptime_percent"] < 0.01
    assert said["components"][1]["uptime_percent"] == 100


def test_a_withdrawn_report_leaves_bars_and_numbers(old_desk):
    one = open_incident(old_desk.database, statuses={"www": DOWN}, display_at=NOON - HOUR)
    retract(old_desk.database, one.number)
    old_desk.sync()
    assert days(part(old_desk.site.home, "www")) == []
    assert old_desk.site.json("uptime.json")["components"][0]["days"] == []
