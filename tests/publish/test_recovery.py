"""A stale ledger takes back from the page what it lacks, and goes on above it."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ids import new_id
from bot.core.shown import WITHDRAWN_TITLE
from bot.core.status import ComponentStatus, Impact, Kind, Phase
from bot.core.text import to_plain
from bot.publish import Publisher, PublishError, open_target
from bot.publish.recovery import reading
from storage.database import Database
from tests.support.copies import copy_of
from tests.support.exports import exported, imported
from tests.support.telling import (
    a_component,
    cause,
    edit,
    find,
    open_incident,
    retract,
    tell,
)

DOWN = {"www": ComponentStatus.MAJOR_OUTAGE}
SLOW = {"class": ComponentStatus.DEGRADED_PERFORMANCE}


@pytest.fixture
def stale(desk, tmp_path) -> Iterator[Database]:
    """A copy of the ledger from when the page showed one incident, #1."""
    open_incident(desk.database, at=desk.now(), statuses=DOWN)
    desk.sync()
    copy = copy_of(desk.database, tmp_path / "copy.db")
    yield copy
    copy.close()


def put_back(desk, copy: Database) -> None:
    """From now on the desk's ledger is the copy."""
    desk.database = copy
    desk.publisher = desk.new_publisher()


def every(database: Database):
    with database.read() as ledger:
        return {one.number: one for one in ledger.every_incident()}


def texts(one):
    return [to_plain(each.text) for each in one.standing]


def test_what_only_the_lost_ledger_knew_comes_back_and_the_page_goes_on_above_it(desk, stale):
    tell(desk.database, 1, Phase.IDENTIFIED, text="A *disk* is full.", at=desk.now(), statuses=SLOW)
    open_incident(desk.database, "Slow video", text="<https://x.org|Videos> stall.", at=desk.now())
    desk.sync()
    lost, before = every(desk.database), desk.site.marker
    put_back(desk, stale)
    assert desk.sync()
    found = every(stale)
    assert {number: [one.id for one in each.updates] for number, each in found.items()} == {
        number: [one.id for one in each.updates] for number, each in lost.items()
    }
    assert texts(found[1]) == texts(lost[1])
    assert texts(found[2]) == texts(lost[2])
    assert found[1].statuses == lost[1].statuses
    assert found[1].updates[1].author.name == "recovered from the page"
    assert found[1].updates[0].author.name == "Ana"
    assert desk.site.marker["revision"] == before["revision"] + 1
    assert not desk.publication().stopped
    assert not desk.sync()
    assert tell(stale, 2, Phase.RESOLVED, at=desk.now()).number == 2
    assert desk.sync()


def test_the_channel_hears_what_came_back(desk, stale):
    tell(desk.database, 1, text="One more.", at=desk.now())
    open_incident(desk.database, "Slow <video>", at=desk.now())
    desk.sync()
    put_back(desk, stale)
    desk.sync()
    told = desk.publication().recovered
    assert "2 updates of 2 incidents came back" in told
    assert "• #1 Site Outage: 1 update\n" in told
    assert "• #2 Slow <video>: the whole of it, 1 update\n" in told
    assert "Not on the page, and so not back: who wrote it" in told


def test_both_sides_of_a_fork_survive_each_in_its_place(desk, stale):
    begun = desk.now()
    first, second, third = (begun + timedelta(minutes=at) for at in (1, 2, 3))
    tell(desk.database, 1, text="There, first.", at=first)
    tell(desk.database, 1, text="There, third.", at=third)
    open_incident(desk.database, "Told there", at=third)
    desk.publisher.sync(third)
    tell(stale, 1, text="Here, second.", at=second)
    open_incident(stale, "Told here", at=second)
    put_back(desk, stale)
    for _ in range(5):
        desk.now()
    desk.sync()
    found = every(stale)
    said = ["We see an outage.", "There, first.", "Here, second.", "There, third."]
    assert texts(found[1]) == said
    assert [one.number for one in found[1].updates] == [1, 2, 3, 4]
    assert [found[2].title, found[3].title] == ["Told here", "Told there"]
    assert "on the page until now #2" in desk.publication().recovered


def test_what_was_corrected_retracted_or_renamed_there_is_so_here(desk, stale):
    edit(desk.database, 1, "We see *an* outage & look.", at=desk.now())
    desk.sync()
    with desk.database.telling(cause("rename", at=desk.now())) as ledger:
        ledger.rename(find(ledger, 1), "Home page down")
    tell(desk.database, 1, text="Wrong, sorry.", at=desk.now())
    retract(desk.database, 1, at=desk.now())
    desk.sync()
    put_back(desk, stale)
    desk.sync()
    assert texts(every(stale)[1]) == ["We see an outage & look."]
    assert every(stale)[1].title == "Home page down"
    assert "#1 Home page down: 1 text corrected, its new title" in desk.publication().recovered


def test_an_update_that_the_copy_had_and_that_was_retracted_there_is_retracted_here(desk, tmp_path):
    open_incident(desk.database, at=desk.now())
    tell(desk.database, 1, text="Wrong, sorry.", at=desk.now())
    desk.sync()
    with closing(copy_of(desk.database, tmp_path / "copy.db")) as copy:
        retract(desk.database, 1, at=desk.now())
        desk.sync()
        put_back(desk, copy)
        desk.sync()
        assert texts(every(copy)[1]) == ["We see an outage."]
        assert "#1 Site Outage: 1 update retracted" in desk.publication().recovered
        assert "Wrong, sorry." not in desk.site.home.text


def test_what_was_withdrawn_there_is_withdrawn_here(desk, stale):
    retract(desk.database, 1, at=desk.now())
    open_incident(desk.database, "Never was", at=desk.now())
    retract(desk.database, 2, at=desk.now())
    desk.sync()
    put_back(desk, stale)
    desk.sync()
    found = every(stale)
    assert found[1].is_withdrawn
    assert found[1].title == "Site Outage"
    assert found[2].is_withdrawn
    assert found[2].title == WITHDRAWN_TITLE
    assert "Never was" not in desk.site.home.text


def test_what_was_retracted_here_does_not_return_from_a_page_that_is_older_or_newer(desk, stale):
    tell(desk.database, 1, text="There it goes on.", at=desk.now())
    desk.sync()
    retract(stale, 1, at=desk.now())
    put_back(desk, stale)
    desk.sync()
    assert texts(every(stale)[1]) == ["There it goes on."]


def test_files_of_an_older_page_bring_nothing_back(desk, stale):
    open_incident(desk.database, "Second", at=desk.now())
    desk.sync()
    old = {path: body for path, body in desk.site.all_bytes().items() if path.endswith(".json")}
    edit(desk.database, 2, "What is right.", at=desk.now())
    with desk.database.telling(cause("rename", at=desk.now())) as ledger:
        ledger.rename(find(ledger, 1), "Renamed")
    desk.sync()
    for path, body in old.items():
        (desk.root / path).write_bytes(body)
    marker = desk.site.marker | {"revision": 90, "change_id": new_id()}
    (desk.root / ".duckrow/revision.json").write_text(json.dumps(marker))
    before = every(desk.database)
    assert desk.sync()
    assert every(desk.database) == before
    assert desk.site.marker["revision"] == 91


def test_an_update_told_here_since_is_not_taken_for_one_that_was_retracted_there(desk, stale):
    tell(stale, 1, text="Told here.", at=desk.now())
    for _ in range(3):
        tell(desk.database, 1, text="Told there.", at=desk.now())
    desk.sync()
    put_back(desk, stale)
    desk.sync()
    assert texts(every(stale)[1]).count("Told here.") == 1


def test_components_come_back_with_the_names_that_people_type(desk, stale):
    with desk.database.telling(cause("components", at=desk.now())) as ledger:
        group = a_component("group:x", 5, ledger.at, is_group=True)
        group = replace(group, name="Video")
        ledger.add_component(group)
        player = a_component("play", 1, ledger.at, group=group.id)
        ledger.add_component(replace(player, name="The Player"))
    open_incident(desk.database, at=desk.now(), statuses={"play": ComponentStatus.PARTIAL_OUTAGE})
    desk.sync()
    put_back(desk, stale)
    desk.sync()
    with stale.read() as ledger:
        components = {one.slug: one for one in ledger.components}
    assert components["play"].name == "The Player"
    assert components["play"].group_id == group.id
    assert every(stale)[2].statuses == {player.id: ComponentStatus.PARTIAL_OUTAGE}
    assert "2 components: Video, The Player" in desk.publication().recovered


def test_an_impact_set_by_hand_comes_back(desk, stale):
    open_incident(desk.database, at=desk.now(), impact=Impact.CRITICAL)
    desk.sync()
    banner = desk.site.json("api/v2/status.json")["status"]
    put_back(desk, stale)
    desk.sync()
    assert every(stale)[2].impact is Impact.CRITICAL
    assert desk.site.json("api/v2/status.json")["status"] == banner


def test_history_older_than_what_the_lists_hold_comes_back(desk, stale):
    for at in range(60):
        open_incident(desk.database, f"Incident {at}", at=desk.now())
        tell(desk.database, at + 2, Phase.RESOLVED, at=desk.now())
    desk.sync()
    put_back(desk, stale)
    desk.sync()
    assert len(every(stale)) == 61
    assert "• and 40 incidents more" in desk.publication().recovered


def test_a_page_published_by_two_ledgers_in_turn_stops_after_a_while(desk, stale, tmp_path):
    theirs = Publisher(desk.database, open_target(str(desk.root)), "program 1")
    ours = Publisher(stale, open_target(str(desk.root)), "program 1")
    tell(desk.database, 1, text="There.", at=desk.now())
    for _ in range(12):
        theirs.sync(desk.now())
        ours.sync(desk.now())
    theirs.sync(desk.now())
    with pytest.raises(PublishError, match="again and again"):
        ours.sync(desk.now())
    said = [texts(every(each)[1]) for each in (desk.database, stale)]
    assert said[0] == said[1]


def damaged(desk, path, change):
    file = desk.root / path
    said = json.loads(file.read_bytes())
    change(said)
    file.write_text(json.dumps(said))


def first(said):
    return said["incident"]["incident_updates"][0]


HOSTILE = {
    "no JSON": lambda said: said.clear(),
    "another page's": lambda said: said["page"].update(id="aaaaaaaaaaaa"),
    "an id that leads out": lambda said: said["incident"].update(id="../../../../x"),
    "another's id": lambda said: said["incident"].update(id="aaaaaaaaaaaa"),
    "a title too long": lambda said: said["incident"].update(name="x" * 201),
    "a title of two lines": lambda said: said["incident"].update(name="a\nb"),
    "an empty text": lambda said: first(said).update(body=" "),
    "a text too long": lambda said: first(said).update(body="x" * 12_001),
    "a text with NUL": lambda said: first(said).update(body="a\0b"),
    "half a character": lambda said: first(said).update(body="a\ud800b"),
    "no text": lambda said: first(said).update(body=None),
    "no phase": lambda said: first(said).update(status="operational"),
    "a maintenance's phase": lambda said: first(said).update(status="scheduled"),
    "the future": lambda said: first(said).update(display_at="2099-01-01T00:00:00Z"),
    "no time": lambda said: first(said).update(created_at=5),
    "a time without a zone": lambda said: first(said).update(created_at="2013-02-22T00:00:00"),
    "nothing told": lambda said: said["incident"].update(incident_updates=[]),
    "told twice": lambda said: said["incident"]["incident_updates"].append(first(said)),
    "a component of nobody": lambda said: first(said).update(
        affected_components=[{"code": "aaaaaaaaaaaa", "new_status": "major_outage"}]
    ),
    "a status of nobody": lambda said: first(said)["affected_components"][0].update(
        new_status="green"
    ),
    "a number too high": lambda said: said["incident"]["duckrow"].update(number=2**40),
    "a revision that is none": lambda said: said["incident"]["duckrow"].update(revision=True),
    "no revision": lambda said: said["incident"].pop("duckrow"),
    "a list": lambda said: said.update(incident=[]),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_what_nobody_of_us_would_write_brings_nothing_back_and_publishes_nothing(
    desk, stale, change
):
    second = open_incident(desk.database, "Second", at=desk.now(), statuses=DOWN)
    desk.sync()
    damaged(desk, f"api/v2/incidents/{second.id}.json", change)
    put_back(desk, stale)
    before = desk.site.all_bytes()
    with pytest.raises(PublishError, match=f"incidents/{second.id}|update {first_id(second)}"):
        desk.sync()
    assert desk.publication().stopped
    assert desk.site.all_bytes() == before
    assert set(every(stale)) == {1}


def first_id(incident):
    return incident.updates[0].id


def test_an_update_of_another_incident_here_brings_nothing_back(desk, stale):
    second = open_incident(desk.database, "Second", at=desk.now())
    desk.sync()
    ours = first_id(every(stale)[1])
    for path in (f"incidents/{second.id}.json", "incidents.json", "incidents/unresolved.json"):
        text = (desk.root / "api/v2" / path).read_text()
        (desk.root / "api/v2" / path).write_text(text.replace(first_id(second), ours))
    put_back(desk, stale)
    with pytest.raises(PublishError):
        desk.sync()
    assert set(every(stale)) == {1}


@pytest.mark.parametrize(
    "path", ["api/v2/components.json", "api/v2/incidents.json", "api/v2/incidents/unresolved.json"]
)
def test_a_page_of_which_something_is_missing_brings_nothing_back(desk, stale, path):
    tell(desk.database, 1, text="There.", at=desk.now())
    desk.sync()
    (desk.root / path).unlink()
    put_back(desk, stale)
    with pytest.raises(PublishError, match="is missing"):
        desk.sync()
    assert len(every(stale)[1].updates) == 1


def test_once_what_was_wrong_is_mended_it_goes_on_by_itself(desk, stale):
    second = open_incident(desk.database, "Second", at=desk.now())
    desk.sync()
    file = desk.root / f"api/v2/incidents/{second.id}.json"
    good = file.read_bytes()
    file.write_bytes(b"{")
    put_back(desk, stale)
    for _ in range(2):
        with pytest.raises(PublishError, match="is no JSON"):
            desk.sync()
    file.write_bytes(good)
    assert desk.sync()
    assert desk.publication().error is None
    assert set(every(stale)) == {1, 2}


def test_two_workers_take_it_back_once(desk, stale, monkeypatch):
    tell(desk.database, 1, text="There.", at=desk.now())
    desk.sync()
    other = Database(stale.url.render_as_string())
    put_back(desk, stale)
    second = Publisher(other, open_target(str(desk.root)), "program 1")
    real = reading.read_page

    def overtaken(*asked):
        monkeypatch.undo()
        desk.sync()
        return real(*asked)

    monkeypatch.setattr(reading, "read_page", overtaken)
    second.sync(desk.now())
    with stale.read() as ledger:
        assert ledger.how_often("recover", desk.now() - timedelta(days=1)) == 1
    other.close()


def test_two_targets_ahead_by_different_changes_are_both_taken_back(desk, stale, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    tell(desk.database, 1, text="On both.", at=desk.now())
    desk.sync()
    Publisher(desk.database, open_target(str(elsewhere)), "program 1").sync(desk.now())
    tell(desk.database, 1, text="On one.", at=desk.now())
    desk.sync()
    put_back(desk, stale)
    second = Publisher(stale, open_target(str(elsewhere)), "program 1")
    second.sync(desk.now())
    desk.sync()
    second.sync(desk.now())
    assert texts(every(stale)[1])[1:] == ["On both.", "On one."]
    assert not second.sync(desk.now())
    assert not desk.sync()
    assert (elsewhere / "index.html").read_bytes() == desk.site.read("index.html")


def test_on_postgresql_it_is_the_same_and_an_export_carries_it(desk, stale, postgres_url):
    begun = desk.now()
    first, second, third = (begun + timedelta(minutes=at) for at in (1, 2, 3))
    tell(desk.database, 1, text="There, first.", at=first)
    tell(desk.database, 1, text="There, third.", at=third)
    desk.publisher.sync(third)
    tell(stale, 1, text="Here, second.", at=second)
    with closing(Database(postgres_url)) as ours, closing(Database(f"{stale.url}-2")) as again:
        ours.migrate()
        again.migrate()
        imported(ours, exported(stale))
        put_back(desk, ours)
        for _ in range(5):
            desk.now()
        desk.sync()
        assert texts(every(ours)[1])[1:] == ["There, first.", "Here, second.", "There, third."]
        assert not desk.sync()
        imported(again, exported(ours))
        assert every(again) == every(ours)


def test_taking_over_takes_nothing_back(desk, stale):
    tell(desk.database, 1, text="Only there.", at=desk.now())
    desk.sync()
    tell(stale, 1, text="Only here.", at=desk.now())
    put_back(desk, stale)
    assert desk.publisher.full(desk.now(), take_over=True)
    assert "Only here." in desk.site.home.text
    assert "Only there." not in desk.site.home.text
    assert not desk.publication().stopped
    assert not desk.sync()


def test_a_maintenance_comes_back_with_what_it_touches_and_where_it_was_moved(desk, stale):
    with stale.read() as ledger:
        www = next(one.id for one in ledger.components if one.slug == "www")
    with desk.database.telling(cause("schedule", at=desk.now())) as ledger:
        one = find(ledger, 1)
        update = replace(
            one.updates[0], id=new_id(), phase=Phase.SCHEDULED, text="Moving.", revision=0,
            created_at=ledger.at, display_at=ledger.at,
            statuses={www: ComponentStatus.UNDER_MAINTENANCE},
        )  # fmt: skip
        ledger.open(
            replace(
                one, id=new_id(), kind=Kind.MAINTENANCE, title="Moving house", updates=(update,),
                scheduled_for=ledger.at + timedelta(days=1), created_at=ledger.at,
                scheduled_until=ledger.at + timedelta(days=2), updated_at=ledger.at,
            )
        )  # fmt: skip
    desk.sync()
    lost = every(desk.database)[2]
    put_back(desk, stale)
    desk.sync()
    found = every(stale)[2]
    assert found.statuses == lost.statuses
    assert (found.scheduled_for, found.scheduled_until) == (
        lost.scheduled_for,
        lost.scheduled_until,
    )
