"""What becomes due when a day turns."""

from datetime import UTC, datetime, timedelta

from tests.support.telling import NOON, open_incident


def test_a_year_is_finished_though_nothing_was_published_around_its_end(desk):
    open_incident(desk.database, "Earlier", display_at=NOON - timedelta(days=1))
    desk.sync()
    new_year = datetime(2014, 1, 5, 20, tzinfo=UTC)
    open_incident(desk.database, "Later", at=new_year)
    desk.publisher.sync(new_year)
    assert squares(desk, "2013")[-1] == "M0 5h308"  # all of December
    assert squares(desk, "2014") == ["M0 5h48"]


def squares(desk, year):
    """Of each month, oldest first, the line of its days: 8 wide and 2 apart."""
    months = desk.site.page(f"{year}/index.html").every("svg", class_="squares")
    return [month.one(class_="calm").attributes["d"] for month in months]
