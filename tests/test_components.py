"""Adding components from the command line."""

import pytest

from bot import components
from bot.core.errors import Refusal
from storage.database import Database
from tests.support.telling import a_page, cause


@pytest.fixture
def database(sqlite_url):
    opened = Database(sqlite_url)
    opened.migrate()
    opened.begin(a_page())
    yield opened
    opened.close()


def add(database, slug, name, **more):
    with database.telling(cause("components add")) as ledger:
        components.add(ledger, slug, name, **more)


def names(database):
    with database.read() as ledger:
        return [(one.slug if not one.is_group else "*", one.name) for one in ledger.components]


def test_components_stand_in_the_order_they_were_added_groups_with_their_children(database):
    add(database, "www", "Home page")
    add(database, "api", "API", group="Developers")
    add(database, "mail", "Mail")
    add(database, "hooks", "Webhooks", group="developers")
    assert names(database) == [
        ("www", "Home page"),
        ("*", "Developers"),
        ("api", "API"),
        ("hooks", "Webhooks"),
        ("mail", "Mail"),
    ]


@pytest.mark.parametrize("slug", ["", "WWW", "at", "impact", "a--b", "../x", "a b", "a" * 41, "é"])
def test_a_short_name_that_nobody_could_type_is_refused(database, slug):
    with pytest.raises(Refusal, match="no short name"):
        add(database, slug, "Home page")
    assert names(database) == []


def test_a_name_that_is_taken_is_refused_whatever_its_case(database):
    add(database, "www", "Home page")
    with pytest.raises(Refusal, match="already"):
        add(database, "www", "Other")
    with pytest.raises(Refusal, match="already"):
        add(database, "home", "HOME page")
    assert len(names(database)) == 1


@pytest.mark.parametrize(
    "name", ["\u0410PI", "AP\u04c0", "A\u200dPI", "\u0391\u03a1I", "AP\u00adl", "\uff21PI", "AP1"]
)
def test_a_name_that_only_looks_like_one_there_is_refused_wherever_it_would_stand(database, name):
    add(database, "api", "API")
    alike = r"looks like|already"
    for more in ({}, {"group": "Other"}):
        with pytest.raises(Refusal, match=alike):
            add(database, "other", name, **more)
    with pytest.raises(Refusal, match=alike):
        add(database, "other", "Web", group=name)
    assert names(database) == [("api", "API")]


def test_the_same_name_may_stand_in_two_groups(database):
    add(database, "eu-api", "Api", group="Europe")
    add(database, "us-api", "Api", group="America")
    assert [name for slug, name in names(database) if slug != "*"] == ["Api", "Api"]


@pytest.mark.parametrize("name", ["", "two\nlines", "nul\0", "x" * 101])
def test_a_name_that_readers_could_not_read_is_refused(database, name):
    with pytest.raises(Refusal):
        add(database, "www", name)
