"""With the ledger gone, the page still tells; with the ledger back, it has heard."""

import json
from pathlib import Path

import pytest

from bot.core.errors import Refusal
from bot.core.status import ComponentStatus, Phase
from bot.emergency import Look, names, publish, read_notice, read_targets
from bot.publish import Publisher, TargetError, open_target
from bot.publish.renderer import Renderer, built_in
from bot.publish.targets import FolderTarget
from bot.publish.targets.folder import FolderWriter
from storage.database import Database
from storage.errors import LedgerUnavailable
from tests.support import contract
from tests.support.published import Published
from tests.support.telling import a_page, open_incident, tell

DOWN = {"www": ComponentStatus.MAJOR_OUTAGE}


@pytest.fixture
def emergency(desk):
    """Says it on the desk's page, or on these folders, with no ledger at hand."""
    open_incident(desk.database, at=desk.now(), text="It is *slow*.", statuses=DOWN)
    tell(desk.database, 1, Phase.RESOLVED, at=desk.now())
    desk.sync()

    def say(line, *folders: Path, is_end=False, theme=None):
        targets = [open_target(str(folder)) for folder in folders or (desk.root,)]
        shown, failed = read_targets(targets, desk.now())
        typed = names(shown[0].components) if shown else {}
        notice = read_notice(line, typed, desk.now(), is_end=is_end)
        look = Look(a_page(), Renderer(theme), ())
        return [*failed, *publish(shown, notice, look, desk.now())]

    return say


def incidents(database: Database):
    with database.read() as ledger:
        return list(ledger.every_incident())


def test_it_stands_on_the_home_page_and_in_every_document(desk, emergency):
    (told,) = emergency("www=down Database lost | We work on it <script> & on *more*.")
    assert told.revision == desk.publication().revision + 1
    home = desk.site.home.text
    assert "Database lost" in home
    assert "We work on it <script> & on more." in home
    assert desk.site.json("api/v2/status.json")["status"]["indicator"] == "major"
    contract.keeps_the_contract(desk.site)
    contract.files_agree(desk.site)
    own = told.address.removeprefix("http://127.0.0.1:8000/")
    assert "Database lost" in desk.site.page(f"{own}index.html").text
    assert b"Database lost" in desk.site.read("history.atom")
    assert "components/www/" in desk.site.read("index.html").decode()


def test_without_title_and_impact_it_is_an_incident_all_the_same(desk, emergency):
    emergency("We are down")
    assert desk.site.json("api/v2/status.json")["status"] == {
        "indicator": "minor",
        "description": "Minor Service Outage",
    }
    assert "Service disruption" in desk.site.home.text


def test_said_again_it_goes_on_and_then_ends(desk, emergency):
    emergency("Outage | One.")
    emergency("Two.")
    emergency("Three.", is_end=True)
    said = desk.site.json("api/v2/incidents.json")["incidents"]
    told = [(one["name"], [each["body"] for each in one["incident_updates"]]) for one in said]
    assert told[0] == ("Outage", ["Three.", "Two.", "One."])
    assert desk.site.json("api/v2/status.json")["status"]["indicator"] == "none"
    with pytest.raises(Refusal, match="no emergency to end"):
        emergency("Four.", is_end=True)


def test_when_the_ledger_is_back_it_has_heard_and_publishes_above(desk, emergency):
    emergency("Outage | One.")
    (last,) = emergency("Two.")
    shown = desk.site.json("api/v2/incidents.json")["incidents"][0]["incident_updates"]
    assert desk.sync()
    found = incidents(desk.database)[-1]
    assert [one.id for one in found.updates] == [one["id"] for one in reversed(shown)]
    assert found.number == 2
    assert desk.site.marker["revision"] == last.revision + 1
    assert "Two." in desk.site.home.text
    assert "It is <strong>slow</strong>." in desk.site.read("index.html").decode()
    tell(desk.database, 2, Phase.RESOLVED, at=desk.now())
    assert desk.sync()


def test_used_while_the_ledger_was_there_all_along_nothing_of_either_is_lost(desk, emergency):
    open_incident(desk.database, "Told in Slack", at=desk.now())
    emergency("Told by hand | One.")
    tell(desk.database, 2, text="Told since.", at=desk.now())
    desk.sync()
    titles = [one.title for one in incidents(desk.database)]
    assert titles == ["Site Outage", "Told in Slack", "Told by hand"]
    assert "on the page until now #2" in desk.publication().recovered


def test_every_target_tells_the_same_and_one_that_fails_does_not_stop_the_other(
    desk, emergency, tmp_path, monkeypatch
):
    other = Published(tmp_path / "other")
    publisher = desk.publisher.__class__(desk.database, open_target(str(other.root)), "program 1")
    publisher.sync(desk.now())
    real = FolderTarget.marker

    def broken(self):
        if self.root == desk.root:
            raise TargetError("it is away")
        return real(self)

    with monkeypatch.context() as patched:
        patched.setattr(FolderTarget, "marker", broken)
        failed, told = emergency("Outage | One.", desk.root, other.root)
    assert "it is away" in failed.trouble
    assert told.address
    assert all(one.address for one in emergency("Two.", desk.root, other.root))
    updates = [
        site.json("api/v2/incidents.json")["incidents"][0]["incident_updates"]
        for site in (desk.site, other)
    ]
    assert [each["body"] for each in updates[0]] == ["Two.", "One."]
    assert [each["id"] for each in updates[0]] == [each["id"] for each in updates[1]]
    desk.sync()
    publisher.sync(desk.now())
    assert len(incidents(desk.database)) == 2
    desk.sync()  # the second target's came back, and is on the first now
    assert not desk.sync()
    assert desk.site.read("index.html") == other.read("index.html")


@pytest.mark.parametrize(
    "line", ["", "<!channel> hello", "wwww=down Text", "x" * 3001, "a\0b", "impact=huge Text"]
)
def test_what_no_command_would_take_is_refused(desk, emergency, line):
    before = desk.site.all_bytes()
    with pytest.raises(Refusal):
        emergency(line)
    assert desk.site.all_bytes() == before


def test_where_no_page_is_there_is_none_to_write_to(desk, emergency, tmp_path):
    (failed,) = emergency("Outage", tmp_path / "nothing")
    assert "there is no page of ours" in failed.trouble
    assert not (tmp_path / "nothing/index.html").exists()
    (desk.root / "api/v2/components.json").write_text("{")
    (failed,) = emergency("Outage")
    assert "cannot be read back" in failed.trouble


def test_a_theme_that_cannot_make_this_page_gives_way_to_our_own_look(desk, emergency, tmp_path):
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/home.html").write_text("{{ 1 // 0 }}")
    (told,) = emergency("Outage | One.", theme=tmp_path / "theme")
    assert told.trouble == ""
    assert "Outage" in desk.site.home.text
    contract.files_agree(desk.site)
    assert desk.sync()
    assert incidents(desk.database)[-1].title == "Outage"
    assert not desk.sync()


def test_what_stands_in_for_the_ledger_is_no_database_to_look_after(emergency, monkeypatch):
    def fails(*_):
        raise LedgerUnavailable("disk I/O error")

    monkeypatch.setattr(Database, "begin", fails)
    (failed,) = emergency("Outage")
    assert failed.trouble == "the page could not be worked out: disk I/O error"


def test_a_publication_cut_off_in_the_middle_is_taken_back_too(desk, emergency, monkeypatch):
    real = FolderWriter.put

    def dying(self, files):
        done = real(self, files)
        if any(file.path == "index.html" for file in files):
            raise TargetError("cut off")
        return done

    with monkeypatch.context() as patched:
        patched.setattr(FolderWriter, "put", dying)
        (failed,) = emergency("Outage | One.")
    assert failed.trouble == "cut off"
    assert json.loads(desk.site.read(".duckrow/revision.json"))["next"]
    desk.sync()
    assert incidents(desk.database)[-1].title == "Outage"
    assert not desk.sync()


def test_on_an_object_store_it_is_the_same(database, desk, bucket):
    open_incident(database, at=desk.now(), statuses=DOWN)
    target = open_target(bucket.url, bucket.access)
    publisher = Publisher(database, target, "program 1")
    publisher.sync(desk.now())
    shown, failed = read_targets([open_target(bucket.url, bucket.access)], desk.now())
    assert failed == []
    notice = read_notice("Outage | One.", names(shown[0].components), desk.now())
    (told,) = publish(shown, notice, Look(a_page(), built_in(), ()), desk.now())
    assert told.trouble == ""
    status = json.loads(target.read("api/v2/status.json") or b"")
    assert status["status"]["indicator"] == "major"
    fresh = Publisher(database, open_target(bucket.url, bucket.access), "program 1")
    assert fresh.sync(desk.now())
    assert incidents(database)[-1].title == "Outage"
    assert b"Outage" in (target.read("index.html") or b"")
    assert not fresh.sync(desk.now())
