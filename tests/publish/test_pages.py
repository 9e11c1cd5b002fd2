"""What readers see: the home page, the archive, an incident's own page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.status import ComponentStatus, Impact, Phase
from tests.support.maintenance import plan
from tests.support.telling import (
    NOON,
    a_component,
    cause,
    edit,
    open_incident,
    retract,
    tell,
)

DOWN, SLOW, PARTIAL = (
    ComponentStatus.MAJOR_OUTAGE,
    ComponentStatus.DEGRADED_PERFORMANCE,
    ComponentStatus.PARTIAL_OUTAGE,
)
OK = ComponentStatus.OPERATIONAL

# The first story, hour by hour, in our own words.
STORY = (
    (8, Phase.INVESTIGATING, {"www": DOWN, "class": DOWN}, "Neither site answers. We are looking."),
    (9, Phase.IDENTIFIED, {"class": OK}, "Classes are back since 9. The rest is slow."),
    (
        11,
        Phase.MONITORING,
        {"www": SLOW},
        "The home page is back.\n\nThe explorer is switched off.",
    ),
    (13, Phase.IDENTIFIED, {"www": PARTIAL}, "The database behind it all misbehaves."),
)
CONCLUSION = (
    "The site was slow and at times unreachable today. It is over, and we know why.",
    "The new catalogue overloaded the database. Its standby ran on broken hardware.",
    "A third machine took over; everything recovered at once.",
    "We are sorry, and will look into it closely.",
)


def tell_the_story(desk, *, later=timedelta(days=5000)):
    """As somebody replays it years later, with the times of that day."""
    day = NOON.replace(hour=8)  # midnight in the page's zone
    (hour, _, statuses, text), *rest = STORY
    now = NOON + later
    one = open_incident(
        desk.database,
        text=text,
        statuses=statuses,
        at=now,
        display_at=day + timedelta(hours=hour),
    )
    for hour, phase, statuses, text in rest:
        at = day + timedelta(hours=hour)
        tell(desk.database, 1, phase, text=text, statuses=statuses, at=now, display_at=at)
    at = day + timedelta(hours=15)
    tell(desk.database, 1, Phase.RESOLVED, text="\n\n".join(CONCLUSION), at=now, display_at=at)
    return one


def days(page):
    """Each day's heading, with the title and paragraphs of its posts; a title may hold several."""
    return [
        (
            day.one(class_="date").text,
            [
                (
                    post.one(class_="title").text,
                    [
                        paragraph.text
                        for text in post.every(class_="text")
                        for paragraph in text.every("p")
                    ],
                )
                for post in day.every(class_="post")
            ],
        )
        for day in page.every("article", class_="day")
    ]


THE_DAY = (
    "Friday, February 22, 2013",
    [
        ("Site Outage Conclusion", list(CONCLUSION)),
        ("Site Outage Update", ["The database behind it all misbehaves."]),
        ("Site Outage Update", ["The home page is back.", "The explorer is switched off."]),
        ("Site Outage Update", ["Classes are back since 9. The rest is slow."]),
        ("Site Outage", ["Neither site answers. We are looking."]),
    ],
)


def test_the_first_story_is_told_as_the_first_page_told_it(desk):
    tell_the_story(desk)
    desk.sync()
    assert days(desk.site.page("2013/02/index.html")) == [THE_DAY]
    assert desk.site.home.one("h1").text == "All our ducks are in a row."
    assert desk.site.home.one(class_="kicker").text == "Current status: all systems operational"
    assert "We watch our class sites" in desk.site.home.one(class_="about").text


def test_after_a_long_quiet_the_home_page_still_tells_the_last_day(desk):
    tell_the_story(desk)
    desk.sync()
    home = desk.site.home
    date, posts = THE_DAY
    whole = [paragraph for _, paragraphs in posts for paragraph in paragraphs]
    assert days(home) == [(date, [("Site Outage", whole)])]  # each day's posts by incident
    (quiet,) = home.every(class_="quiet")
    assert quiet.text == "October 18 – November 1, 2026: no incidents reported."
    links = [one.attributes["href"] for one in home.one(class_="pager").every("a")]
    assert links == ["/2013/02/", "/history/"]


def test_while_it_is_open_the_story_stands_first_and_whole(desk):
    open_incident(desk.database, text="First.", statuses={"www": DOWN})
    tell(desk.database, 1, Phase.IDENTIFIED, text="Second.", statuses={"www": PARTIAL, "class": OK})
    desk.sync()
    home = desk.site.home
    assert home.one("h1").text == "Minor Service Outage"
    card = home.one(class_="card")
    assert card.one("h3").text == "Site Outage"
    assert "Affects www, class · since Friday, February 22, 2013, 12:00 PST" in card.text
    assert [one.text for one in card.every(class_="text")] == ["Second.", "First."]
    assert [one.text for one in card.every(class_="label")] == ["Identified", "Investigating"]
    turns = [one.text for one in card.every(class_="turns")[0].every("li")]
    assert turns == ["www: major outage → partial outage"]  # class was and is fine
    assert "Site Outage is still open; its updates stand above." in home.text
    assert home.every(class_="post") == []


def test_quiet_days_are_told_in_runs(desk):
    for day in (1, 4, 30):
        one = open_incident(
            desk.database, at=NOON + timedelta(minutes=day), display_at=NOON - timedelta(days=day)
        )
        tell(
            desk.database,
            one.number,
            Phase.RESOLVED,
            at=NOON + timedelta(minutes=day),
            display_at=NOON - timedelta(days=day),
        )
    desk.sync()
    assert [one.text for one in desk.site.home.every(class_="quiet")] == [
        "Friday, February 22, 2013: no incidents reported.",
        "February 19 – 20, 2013: no incidents reported.",
        "February 8 – 17, 2013: no incidents reported.",
    ]


def test_days_before_the_pages_first_are_not_called_quiet(desk):
    desk.sync()
    (quiet,) = desk.site.home.every(class_="quiet")
    assert quiet.text == "Friday, February 22, 2013: no incidents reported."
    early = NOON - timedelta(days=3)
    one = open_incident(desk.database, display_at=early)
    tell(desk.database, one.number, Phase.RESOLVED, display_at=early)
    desk.sync()
    (quiet,) = desk.site.home.every(class_="quiet")
    assert quiet.text == "February 20 – 22, 2013: no incidents reported."
    assert [date for date, _ in days(desk.site.home)] == ["Tuesday, February 19, 2013"]


def test_a_day_is_a_day_of_the_pages_zone(desk):
    late = NOON.replace(day=21, hour=7, minute=59)  # still the 20th in California
    open_incident(desk.database, display_at=late)
    tell(desk.database, 1, Phase.RESOLVED, display_at=late)
    desk.sync()
    ((date, _),) = days(desk.site.home)
    assert date == "Wednesday, February 20, 2013"


def test_components_stand_in_their_groups_which_open_where_something_is_wrong(desk):
    with desk.database.telling(cause("components")) as ledger:
        for name, position in (("Payments", 5), ("Mail", 6)):
            group = replace(
                a_component(f"group:{name}", position, ledger.at, is_group=True), name=name
            )
            ledger.add_component(group)
            ledger.add_component(a_component(f"{name.lower()}-api", 1, ledger.at, group=group.id))
    open_incident(desk.database, statuses={"mail-api": DOWN})
    desk.sync()
    payments, mail = desk.site.home.every("details")
    assert "open" not in payments.attributes
    assert "open" in mail.attributes
    assert mail.one("summary").text == "Mail 99.99% uptime Major outage"
    (row,) = mail.every("div", class_="row")
    assert row.text == "mail-api 99.99% uptime Major outage"
    assert row.one("a").attributes["href"] == "/components/mail-api/"


def test_a_component_that_shows_itself_only_in_trouble_does_so(desk):
    with desk.database.telling(cause("components")) as ledger:
        shy = replace(a_component("shy", 5, ledger.at), only_show_if_degraded=True)
        ledger.add_component(shy)
    open_incident(desk.database, statuses={"www": SLOW})
    desk.sync()
    assert "shy" not in desk.site.home.text
    open_incident(desk.database, statuses={"shy": SLOW})
    desk.sync()
    assert "shy" in desk.site.home.one(class_="parts").text


def test_there_is_a_duck_for_each_part_turned_by_its_status(desk):
    open_incident(desk.database, statuses={"www": DOWN, "class": SLOW})
    desk.sync()
    row = desk.site.home.one(class_="ducks")
    assert row.attributes["aria-hidden"] == "true"
    classes = [duck.attributes["class"] for duck in row.every("svg")]
    assert classes == [
        "duck major_outage",
        "duck degraded_performance",
        "duck operational",
        "duck operational",
    ]


def test_the_favicon_has_the_banners_colour(desk):
    one = open_incident(desk.database, impact=Impact.CRITICAL)
    desk.sync()
    assert "stroke='%23c2182b'" in desk.site.home.one(rel="icon").attributes["href"]
    tell(desk.database, one.number, Phase.RESOLVED, at=desk.now())
    desk.sync()
    assert "stroke='%231a7f37'" in desk.site.home.one(rel="icon").attributes["href"]


def test_maintenances_are_announced(desk):
    plan(desk.database)
    desk.sync()
    section = desk.site.home.one("section", **{"aria-labelledby": "coming"})
    assert "Moving house" in section.text
    assert "Saturday, February 23, 2013, 12:00 PST" in section.text
    assert desk.site.home.one("h1").text == "All our ducks are in a row."


def test_an_incidents_page_tells_its_facts(desk):
    one = tell_the_story(desk)
    desk.sync()
    page = desk.site.page(f"incidents/{one.id}/index.html")
    facts = dict(
        zip(
            [one.text for one in page.every("dt")],
            [one.text for one in page.every("dd")],
            strict=True,
        )
    )
    assert facts == {
        "Status": "Resolved",
        "Began": "Friday, February 22, 2013, 08:00 PST",
        "Ended": "Friday, February 22, 2013, 15:00 PST",
        "Lasted": "7 h",
        "Impact": "Critical",
        "Affected": "www, class",
    }
    with desk.database.read() as ledger:
        told = ledger.incident(1)
    posts = [one for one in page.one(class_="updates").children if not isinstance(one, str)]
    anchors = [one.attributes["id"] for one in posts]
    assert told is not None
    assert anchors == [f"update-{update.id}" for update in reversed(told.updates)]


def test_an_incidents_page_previews_itself_elsewhere(desk):
    one = open_incident(desk.database, text='We "see" <https://example.org|it>.\nMore.')
    desk.sync()
    page = desk.site.page(f"incidents/{one.id}/index.html")
    said = {
        meta.attributes["property"]: meta.attributes["content"]
        for meta in page.every("meta")
        if "property" in meta.attributes
    }
    assert said["og:title"] == "Site Outage"
    assert said["og:description"] == 'Investigating: We "see" it (https://example.org). More.'
    assert said["og:url"] == f"http://127.0.0.1:8000/incidents/{one.id}/"


def test_what_is_not_as_it_was_written_is_marked_with_the_true_time(desk):
    one = open_incident(desk.database, display_at=NOON - timedelta(hours=1))
    tell(desk.database, 1, text="As it happens.", at=desk.now())
    edit(desk.database, 1, "As it happened.", at=desk.now())
    desk.sync()
    page = desk.site.page(f"incidents/{one.id}/index.html")
    marks = {mark.attributes["title"]: mark.text for mark in page.every(class_="mark")}
    written = "written Friday, February 22, 2013, 12:00 PST"
    edited = "Friday, February 22, 2013, 12:02 PST"
    assert marks[written] == f"backdated ({written})"  # the hint for the pointer, the text for all
    assert marks[edited] == f"edited ({edited})"


def test_a_withdrawn_report_is_gone_but_for_its_own_page(desk):
    one = open_incident(desk.database, "Not for the public", statuses={"www": DOWN})
    other = open_incident(desk.database, "Another", statuses={"www": DOWN})
    desk.sync()
    retract(desk.database, one.number, at=desk.now())
    desk.sync()
    own = desk.site.page(f"incidents/{one.id}/index.html")
    assert own.one("h1").text == "Withdrawn report"
    assert [one.text for one in own.every(class_="text")] == ["This report was withdrawn."]
    for path, page in desk.site.pages():
        assert "Not for the public" not in page.text, path
        assert one.id not in page.text
    assert other.id in desk.site.read("index.html").decode()


def test_an_incident_over_several_months_stands_in_each(desk):
    open_incident(desk.database, display_at=NOON - timedelta(days=60))
    tell(desk.database, 1, Phase.RESOLVED, text="Over.")
    desk.sync()
    assert [title for _, [(title, _)] in days(desk.site.page("2012/12/index.html"))] == [
        "Site Outage"
    ]
    assert [title for _, [(title, _)] in days(desk.site.page("2013/02/index.html"))] == [
        "Site Outage Conclusion"
    ]
    pager = [
        one.attributes["href"]
        for one in desk.site.page("2012/12/index.html").one(class_="pager").every("a")
    ]
    assert pager == ["/2013/02/"]


def test_a_year_lists_its_months_and_reports_and_the_history_its_years(desk):
    for days_ago, title in ((500, "Oldest"), (40, "Older"), (30, "Newer")):
        one = open_incident(desk.database, title, display_at=NOON - timedelta(days=days_ago))
        tell(desk.database, one.number, Phase.RESOLVED, display_at=NOON - timedelta(days=days_ago))
    desk.sync()
    year = desk.site.page("2013/index.html")
    assert [one.text for one in year.every("h2")] == ["January 2013"]
    reports = year.one(class_="year").every("li")
    assert [one.text for one in reports] == ["Older", "Newer"]
    history = desk.site.page("history/index.html")
    assert [one.text for one in history.every("h2")] == ["2013", "2011"]


@pytest.mark.parametrize("told", [True, False])
def test_every_link_leads_to_something_that_is_there(desk, told):
    with desk.database.telling(cause("components")) as ledger:
        ledger.add_component(a_component("x", 9, ledger.at))
    if told:
        tell_the_story(desk)
        one = open_incident(desk.database, "Open", at=NOON + timedelta(days=5000))
        tell(desk.database, one.number, at=NOON + timedelta(days=5000))
        retract(desk.database, open_incident(desk.database).number, at=desk.now())
    desk.sync()
    for path, page in desk.site.pages():
        for link in [*page.every("a"), *page.every("link"), *page.every("use")]:
            target = link.attributes["href"]
            if not target.startswith("data:"):
                check_link(desk, path, page, target)


def check_link(desk, path, page, target):
    address = target.removeprefix("http://127.0.0.1:8000")
    file, _, anchor = address.partition("#")
    if file:
        assert file.startswith("/"), (path, target)
        found = file[1:] + ("index.html" if file.endswith("/") else "")
        assert found in desk.site.paths(), (path, target)
        page = desk.site.page(found) if anchor else page
    if anchor:
        assert page.every(id=anchor), (path, target)


def test_a_page_below_a_folder_of_its_host_links_below_it(desk):
    open_incident(desk.database)
    with desk.database.telling(cause("settings", at=desk.now())) as ledger:
        ledger.configure(url="https://example.org/status/")
    desk.sync()
    for path, page in desk.site.pages():
        for link in page.every("a"):
            assert link.attributes["href"].startswith(("/status/", "#")), path
        assert page.one("body").attributes["data-root"] == "/status/"
