"""A ledger that is gone with every copy is made anew of its page, which then goes on as it was."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import Refusal
from bot.core.ids import new_id
from bot.core.shown import WITHDRAWN_TITLE
from bot.core.status import ComponentStatus, Impact, Kind, Phase
from bot.emergency import Look, make_anew, publish, read_notice, read_targets
from bot.publish import Publisher, open_target
from bot.publish.renderer import built_in
from storage.database import Database
from tests.support.published import Published
from tests.support.telling import (
    a_component,
    a_page,
    cause,
    edit,
    find,
    open_incident,
    retract,
    tell,
)

DOWN = {"www": ComponentStatus.MAJOR_OUTAGE}


def a_history(desk):
    """Everything that a page can tell, as plain text."""
    lost = desk.database
    with lost.telling(cause("components", at=desk.now())) as ledger:
        group = a_component("group:video", 5, ledger.at, is_group=True)
        ledger.add_component(group)
        ledger.add_component(a_component("play", 1, ledger.at, group=group.id))
    open_incident(lost, at=desk.now(), statuses=DOWN)
    tell(lost, 1, Phase.IDENTIFIED, at=desk.now(), statuses={"play": ComponentStatus.OPERATIONAL})
    tell(lost, 1, Phase.RESOLVED, at=desk.now())
    for _ in range(60 * 24 * 9):
        desk.now()
    open_incident(lost, "Slow video", at=desk.now(), impact=Impact.CRITICAL)
    tell(lost, 2, text="Wrong.", at=desk.now())
    edit(lost, 2, "Right.", at=desk.now())
    open_incident(lost, "Wrong title", at=desk.now())
    with lost.telling(cause("rename", at=desk.now())) as ledger:
        ledger.rename(find(ledger, 3), "Right title")
    open_incident(lost, "Never was", at=desk.now())
    retract(lost, 4, at=desk.now())
    schedule(desk, 5)


def schedule(desk, number):
    with desk.database.telling(cause("schedule", at=desk.now())) as ledger:
        www = next(one.id for one in ledger.components if one.slug == "www")
        one = find(ledger, 1)
        update = replace(
            one.updates[0], id=new_id(), phase=Phase.SCHEDULED, text="Moving.", revision=0,
            created_at=ledger.at, display_at=ledger.at,
            statuses={www: ComponentStatus.UNDER_MAINTENANCE},
        )  # fmt: skip
        ledger.open(
            replace(
                one, id=new_id(), number=number, kind=Kind.MAINTENANCE, title="Moving house",
                updates=(update,), created_at=ledger.at, updated_at=ledger.at,
                scheduled_for=ledger.at + timedelta(days=1),
                scheduled_until=ledger.at + timedelta(days=2),
            )
        )  # fmt: skip


@pytest.fixture
def empty(tmp_path):
    """A ledger that has just begun, as any command begins one."""
    with closing(Database(f"sqlite:///{tmp_path / 'new.db'}")) as database:
        yield begun(database)


def begun(database: Database) -> Database:
    database.migrate()
    database.begin(a_page())
    return database


def recover(desk, database: Database, *targets):
    """Make it anew of the desk's page, or of these; from now on it is the desk's."""
    at = desk.now()
    shown, failed = read_targets(targets or [open_target(str(desk.root))], at)
    assert failed == []
    said = make_anew(database, shown, at)
    desk.database = database
    desk.publisher = desk.new_publisher()
    return said, at


def every(database: Database):
    with database.read() as ledger:
        return {one.number: one for one in ledger.every_incident()}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_document_says_what_it_said_before(desk, tmp_path, request, kind):
    a_history(desk)
    desk.sync()
    lost, before = desk.database, desk.site.marker
    url = (
        request.getfixturevalue("postgres_url")
        if kind == "postgresql"
        else "sqlite:///" + str(tmp_path / "new.db")
    )
    with closing(Database(url)) as database:
        _, at = recover(desk, begun(database))
        assert desk.publisher.sync(at)
        assert not desk.publisher.sync(at)
        assert desk.site.marker["page"] == before["page"]
        assert desk.site.marker["revision"] == before["revision"] + 1
    with lost.telling(cause("nothing", at=at)) as ledger:
        ledger.overtake(before["revision"], ledger.at)
    as_before = Published(tmp_path / "as-before")
    Publisher(lost, open_target(str(as_before.root)), "program 1").sync(at)
    assert desk.site.all_bytes() == as_before.all_bytes()


def test_the_ledger_has_all_that_the_page_told_and_goes_on_with_it(desk, empty):
    a_history(desk)
    desk.sync()
    lost = every(desk.database)
    with desk.database.read() as ledger:
        slugs = [one.slug for one in ledger.components if not one.is_group]
        was = ledger.page
    said, _ = recover(desk, empty)
    found = every(empty)
    assert set(found) == set(lost)
    assert [one.id for one in found[2].updates] == [one.id for one in lost[2].updates]
    assert found[2].updates[0].author.name == "recovered from the page"
    assert found[4].is_withdrawn
    assert found[4].title == WITHDRAWN_TITLE
    with empty.read() as ledger:
        page = ledger.page
        assert (page.id, page.name, page.url) == (was.id, was.name, was.url)
        assert [one.slug for one in ledger.components if not one.is_group] == slugs
    assert said.startswith(
        f"The ledger was lost, and was made anew from the page at {desk.target}."
    )
    assert "8 updates of 5 incidents came back" in said
    assert "Not on the page, and so not back: who wrote it" in said
    assert desk.publication().recovered == said
    desk.sync()
    assert tell(empty, 2, Phase.RESOLVED, at=desk.now()).number == 2
    assert open_incident(empty, at=desk.now()).number == 6
    assert desk.sync()


def test_what_is_open_or_recent_is_looked_for_in_slack_and_nothing_older(desk, empty):
    a_history(desk)
    desk.sync()
    recover(desk, empty)
    with empty.read() as ledger:
        assert set(ledger.deliveries.untold()) == {2, 3, 4, 5}
        begun = ledger.deliveries.of(every(empty)[2].id)
    kinds = [one.kind.value for one in begun if one.attempt_at]
    assert sorted(kinds) == ["root", "update", "update"]


def test_a_ledger_that_holds_anything_is_refused(desk, empty):
    a_history(desk)
    desk.sync()
    with empty.telling(cause("components", at=desk.now())) as ledger:
        ledger.add_component(a_component("www", 1, ledger.at))
    with pytest.raises(Refusal, match="not empty"):
        recover(desk, empty)
    assert every(empty) == {}


def test_a_document_that_is_not_ours_is_named_and_nothing_comes_back(desk, empty):
    a_history(desk)
    desk.sync()
    file = next((desk.root / "api/v2/incidents").glob("????????????.json"))
    said = json.loads(file.read_bytes())
    said["incident"]["incident_updates"][0]["affected_components"] = [
        {"code": "aaaaaaaaaaaa", "new_status": "major_outage"}
    ]
    for body, words in ((json.dumps(said), "names a component"), ("{", f"{file.name}: it is no")):
        file.write_text(body)
        shown, failed = read_targets([open_target(str(desk.root))], desk.now())
        with pytest.raises(Refusal, match=words):
            assert make_anew(empty, shown, desk.now()) if shown else _raise(failed[0].trouble)
    with empty.read() as ledger:
        assert not ledger.components
        assert not ledger.count_incidents()


def _raise(trouble):
    raise Refusal(trouble, "")


def test_what_an_emergency_told_meanwhile_comes_back_with_it(desk, empty):
    open_incident(desk.database, at=desk.now())
    desk.sync()
    shown, _ = read_targets([open_target(str(desk.root))], desk.now())
    notice = read_notice("Database lost | We work on it.", {}, desk.now())
    list(publish(shown, notice, Look(a_page(), built_in(), ()), desk.now()))
    recover(desk, empty)
    assert [one.title for one in every(empty).values()] == ["Site Outage", "Database lost"]
    desk.sync()
    assert "Database lost" in desk.site.home.text


def test_of_two_targets_the_newer_counts_and_the_other_follows(desk, empty, tmp_path):
    open_incident(desk.database, at=desk.now())
    desk.sync()
    other = Published(tmp_path / "other")
    Publisher(desk.database, open_target(str(other.root)), "program 1").sync(desk.now())
    tell(desk.database, 1, text="Only on one.", at=desk.now())
    desk.sync()
    targets = [open_target(str(each)) for each in (other.root, desk.root)]
    recover(desk, empty, *targets)
    second = Publisher(empty, targets[0], "program 1")
    for _ in range(2):
        second.sync(desk.now())
        desk.sync()
    assert "Only on one." in other.home.text
    assert other.all_bytes() == desk.site.all_bytes()


def test_targets_of_different_pages_are_refused(desk, empty, tmp_path):
    open_incident(desk.database, at=desk.now())
    desk.sync()
    with closing(Database(f"sqlite:///{tmp_path / 'third.db'}")) as third:
        open_incident(begun(third), at=desk.now())
        Publisher(third, open_target(str(tmp_path / "other")), "program 1").sync(desk.now())
    targets = [open_target(str(each)) for each in (tmp_path / "other", desk.root)]
    with pytest.raises(Refusal, match="different pages"):
        recover(desk, empty, *targets)


def test_from_an_object_store_it_is_the_same(database, desk, empty, bucket):
    a_history(desk)
    target = open_target(bucket.url, bucket.access)
    Publisher(database, target, "program 1").sync(desk.now())
    home = target.read("index.html")
    recover(desk, empty, open_target(bucket.url, bucket.access))
    fresh = Publisher(empty, open_target(bucket.url, bucket.access), "program 1")
    assert fresh.sync(desk.now())
    assert not fresh.sync(desk.now())
    assert target.read("index.html") != home
    assert b"Right title" in (target.read("index.html") or b"")
