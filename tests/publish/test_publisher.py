"""The protocol between ledger and target: what changed, in order, never backwards."""

import errno
import json
import os
import re
import shutil
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.core.errors import Refusal
from bot.core.ids import new_id
from bot.core.status import ComponentStatus, Phase
from bot.publish import (
    Publisher,
    PublishError,
    RenderError,
    TargetError,
    open_target,
    publisher,
    rendering,
)
from bot.publish.recovery.reading import read_page
from bot.publish.rendering import render_all
from bot.publish.targets.folder import FolderTarget, FolderWriter
from storage import rows, schema
from storage.database import Database
from storage.engines import WAIT
from storage.errors import LedgerUnavailable
from tests.support.published import Published
from tests.support.telling import (
    COMPONENTS,
    NOON,
    a_page,
    cause,
    edit,
    new_database,
    open_incident,
    retract,
    tell,
)

DOWN = {"www": ComponentStatus.MAJOR_OUTAGE}
FIXED = {
    "api/v2/components.json",
    "api/v2/incidents.json",
    "api/v2/incidents/unresolved.json",
    "api/v2/scheduled-maintenances.json",
    "api/v2/scheduled-maintenances/active.json",
    "api/v2/scheduled-maintenances/upcoming.json",
    "api/v2/status.json",
    "api/v2/summary.json",
    "badge.json",
    "badge.svg",
    "calendar.ics",
    "history.atom",
    "history.rss",
    "index.html",
    "updates.atom",
    "uptime.json",
}
ONCE = {"404.html", "robots.txt", "sitemap.xml", "history/index.html", "_headers"}
MONTH = {"2013/02/index.html", "2013/index.html"}


class Killed(BaseException):
    """What a process that dies does not catch."""


def parts(*slugs):
    """What components have of their own."""
    kinds = ("index.html", "history.atom", "badge.svg", "badge.json")
    return {f"components/{slug}/{kind}" for slug in slugs for kind in kinds}


def own(incident):
    return {f"incidents/{incident.id}/index.html", f"api/v2/incidents/{incident.id}.json"}


def rewritten(desk, before):
    """The paths whose bytes changed."""
    now = desk.site.all_bytes()
    return {path for path in now if now[path] != before.get(path)}


def configure(desk, **fields):
    with desk.database.telling(cause("settings", at=desk.now())) as ledger:
        ledger.configure(**fields)


def test_the_first_publication_writes_everything(either_desk):
    desk = either_desk
    incident = open_incident(desk.database)
    assert desk.sync()
    every = FIXED | ONCE | MONTH | own(incident) | parts(*COMPONENTS)
    assert desk.site.paths() == every


def test_syncing_again_changes_nothing(either_desk):
    desk = either_desk
    open_incident(desk.database)
    desk.sync()
    before = files(desk)
    assert not desk.sync()
    assert files(desk) == before


def files(desk):
    """Every file and folder, and when it was last written."""
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in desk.root.rglob("*")}


def test_an_update_rewrites_what_it_touches_and_nothing_else(either_desk):
    desk = either_desk
    old = open_incident(desk.database, "Long ago", display_at=NOON - timedelta(days=400))
    tell(desk.database, old.number, Phase.RESOLVED, display_at=NOON - timedelta(days=399))
    other = open_incident(desk.database, "Another")
    incident = open_incident(desk.database, statuses=DOWN)
    desk.sync()
    before = desk.site.all_bytes()
    tell(desk.database, incident.number, text="We found it.", at=desk.now())
    assert desk.sync()
    still_open = {f"api/v2/incidents/{other.id}.json"}  # its components are as they are now
    named = parts("www")
    assert rewritten(desk, before) == FIXED | MONTH | own(incident) | still_open | named


def test_a_component_that_is_named_no_more_is_told_so(desk):
    incident = open_incident(desk.database)
    tell(desk.database, incident.number, at=desk.now(), statuses=DOWN)
    desk.now()
    desk.sync()
    before = desk.site.all_bytes()
    assert "Site Outage" in desk.site.page("components/www/index.html").text
    retract(desk.database, incident.number, at=desk.now())
    desk.sync()
    changed = {path for path in rewritten(desk, before) if path.startswith("components/")}
    assert changed == parts("www")
    assert "Site Outage" not in desk.site.page("components/www/index.html").text


def test_a_new_month_is_linked_from_its_neighbours(desk):
    for days in (400, 100):
        one = open_incident(desk.database, display_at=NOON - timedelta(days=days))
        tell(desk.database, one.number, Phase.RESOLVED, display_at=NOON - timedelta(days=days))
    desk.sync()
    before = desk.site.all_bytes()
    new = open_incident(desk.database, display_at=NOON - timedelta(days=200))
    desk.sync()
    months = {f"{month}/index.html" for month in ("2012/01", "2012/08", "2012/11", "2012")}
    archive = {"history/index.html", "sitemap.xml"}
    assert rewritten(desk, before) == FIXED | own(new) | months | archive
    links = [one.attributes["href"] for one in desk.site.page("2012/01/index.html").every("a")]
    assert "/2012/08/" in links


def test_a_month_that_lost_its_last_post_is_linked_no_more(desk):
    for days in (60, 30):
        one = open_incident(desk.database, display_at=NOON - timedelta(days=days))
        tell(desk.database, one.number, Phase.RESOLVED, display_at=NOON - timedelta(days=days))
    lost = open_incident(desk.database)
    desk.sync()
    assert "/2013/02/" in desk.site.read("2013/01/index.html").decode()
    retract(desk.database, lost.number, at=desk.now())
    desk.sync()
    assert "/2013/02/" not in desk.site.read("2013/01/index.html").decode()
    assert "/2013/02/" not in desk.site.read("sitemap.xml").decode()
    assert "No incidents reported" in desk.site.page("2013/02/index.html").text


def test_a_day_that_turns_is_published(desk):
    open_incident(desk.database)
    desk.sync()
    with desk.database.telling(cause("clock", at=NOON + timedelta(days=1))) as ledger:
        ledger.turn_day()
    before = desk.site.all_bytes()
    assert desk.sync()
    assert rewritten(desk, before) == FIXED | {
        "2013/index.html",
        *(path for path in desk.site.paths() if path.startswith("api/v2/incidents/")),
        *parts(*COMPONENTS),
    }
    assert "Saturday, February 23, 2013" in desk.site.home.text


@pytest.mark.parametrize("change", ["settings", "program"])
def test_what_all_documents_share_rewrites_them_all(desk, change):
    open_incident(desk.database)
    desk.sync()
    before = desk.site.all_bytes()
    if change == "settings":
        configure(desk, name="Another name", url="https://status.example.org/")
    else:
        desk.publisher = desk.new_publisher("program 2")
    for path in desk.site.paths():
        (desk.root / path).unlink()
    assert desk.sync()
    assert desk.site.paths() == set(before)
    assert desk.site.marker["fingerprint"] == ("program 1" if change == "settings" else "program 2")


def test_nothing_is_published_before_anything_was_told(sqlite_url, tmp_path):
    database = Database(sqlite_url)
    database.migrate()
    database.begin(a_page())
    publisher = Publisher(database, open_target(str(tmp_path / "public")))
    assert not publisher.sync(NOON)
    assert not publisher.full(NOON)
    assert not (tmp_path / "public").exists()
    database.close()


def test_the_marker_says_what_is_shown(desk):
    open_incident(desk.database)
    desk.sync()
    with desk.database.read() as ledger:
        page = ledger.page
    marker = desk.site.marker
    assert (marker["page"], marker["revision"], marker["change_id"]) == (
        page.id,
        page.revision,
        page.change_id,
    )
    assert "next" not in marker
    assert marker["time"] == "2013-02-22T20:00:00.001+00:00"
    assert (desk.publication().revision, desk.publication().change_id) == (
        page.revision,
        page.change_id,
    )


def test_the_marker_is_checked_every_five_minutes(desk):
    open_incident(desk.database)
    desk.publisher.sync(NOON)
    home = desk.site.read("index.html")
    assert not desk.publisher.sync(NOON + timedelta(minutes=4))
    assert desk.publisher.sync(NOON + timedelta(minutes=6))
    assert desk.site.marker["checked_at"] >= "2013-02-22T20:06:00"
    assert desk.publication().checked_at >= NOON + timedelta(minutes=6)
    assert desk.site.read("index.html") == home


# --- cut off


@pytest.mark.parametrize(
    ("first", "puts"), [*((True, puts) for puts in range(7)), *((False, puts) for puts in range(4))]
)
def test_a_publisher_killed_anywhere_is_finished_by_the_next(
    desk, tmp_path, monkeypatch, first, puts
):
    incident = open_incident(desk.database, statuses=DOWN)
    if not first:
        desk.sync()
        tell(desk.database, incident.number, Phase.RESOLVED, at=desk.now())
    monkeypatch.setattr(FolderWriter, "put", dying_after(puts))
    with pytest.raises(Killed):
        desk.sync()
    monkeypatch.undo()
    desk.publisher = desk.new_publisher()
    assert desk.sync()
    assert contents(desk.site) == afresh(desk, tmp_path / "fresh")
    assert not desk.sync()
    assert not list(desk.root.rglob("*.duckrow-tmp"))


@pytest.mark.parametrize("renames", range(0, 17, 3))
def test_a_publisher_killed_between_two_renames_is_finished_by_the_next(
    desk, tmp_path, monkeypatch, renames
):
    incident = open_incident(desk.database, statuses=DOWN)
    desk.sync()
    tell(desk.database, incident.number, Phase.RESOLVED, at=desk.now())
    left = iter(range(renames))
    rename = type(desk.root).replace

    def dying(self, target):
        if next(left, None) is None:
            raise Killed
        return rename(self, target)

    monkeypatch.setattr(type(desk.root), "replace", dying)
    with pytest.raises(Killed):
        desk.sync()
    monkeypatch.undo()
    assert desk.new_publisher().sync(desk.now())
    assert contents(desk.site) == afresh(desk, tmp_path / "fresh")


def test_a_publisher_killed_before_its_bookkeeping_repeats_it(desk, monkeypatch):
    open_incident(desk.database)
    monkeypatch.setattr("bot.publish.records.Records.shows", dies)
    with pytest.raises(Killed):
        desk.sync()
    monkeypatch.undo()
    assert desk.publication().revision == 0
    assert desk.sync()
    assert desk.publication().revision == desk.site.marker["revision"]
    assert set(desk.documents()) == desk.site.paths()


def dying_after(puts):
    """A `put` that works so many times."""
    left = iter(range(puts))
    real = FolderWriter.put

    def put(self, files):
        if next(left, None) is None:
            raise Killed
        return real(self, files)

    return put


def dies(*_, **__):
    raise Killed


def afresh(desk, folder):
    """What somebody would publish who begins with an empty folder."""
    Publisher(desk.database, open_target(str(folder)), "program 1").sync(desk.now())
    return contents(Published(folder))


def contents(site):
    """The bytes but for the revision they are of: what is not touched keeps its own."""
    return {path: _without_revision(body) for path, body in site.all_bytes().items()}


def _without_revision(body):
    text = re.sub(rb'"updated_at":"[^"]*"', b"", body)
    text = re.sub(rb"(?i)revision\D{0,12}\d+", b"", text)
    text = re.sub(rb"\}[ \t]+\n$", b"}", text)  # JSON spells it in blanks
    return re.sub(rb"<p>Published .*?</p>", b"", text)


# --- never backwards


def test_a_ledger_older_than_a_page_that_cannot_be_read_back_publishes_nothing(either_desk):
    desk = either_desk
    open_incident(desk.database)
    desk.sync()
    ahead(desk, revision=99, change_id=new_id())
    (desk.root / "api/v2/components.json").unlink()
    before = desk.site.all_bytes() | {"": desk.site.read(".duckrow/revision.json")}
    for publish in (desk.publisher.sync, desk.publisher.full):
        with pytest.raises(PublishError, match=r"components.json is missing"):
            publish(desk.now())
    assert desk.publication().stopped
    assert desk.site.all_bytes() | {"": desk.site.read(".duckrow/revision.json")} == before


def test_a_ledger_older_than_the_page_goes_on_above_it(either_desk):
    desk = either_desk
    open_incident(desk.database)
    desk.sync()
    ahead(desk, revision=99, change_id=new_id())
    assert desk.sync()
    assert not desk.publication().stopped
    assert desk.site.marker["revision"] == 100
    assert not desk.sync()


def ahead(desk, **fields):
    path = desk.root / ".duckrow/revision.json"
    path.write_text(json.dumps(desk.site.marker | fields))


def test_once_the_right_ledger_is_back_publishing_goes_on(desk):
    open_incident(desk.database)
    desk.sync()
    marker = desk.site.read(".duckrow/revision.json")
    ahead(desk, revision=99, page="damaged")
    assert not desk.sync()
    (desk.root / ".duckrow/revision.json").write_bytes(marker)
    desk.sync()
    assert not desk.publication().stopped
    assert desk.publication().error is None


@pytest.mark.parametrize("coming", [{"next": 50}, {"next": 2, "next_change_id": "another"}])
def test_what_a_publication_that_this_ledger_never_began_left_is_gone_over(desk, coming):
    open_incident(desk.database)
    desk.sync()
    ahead(desk, **coming)
    assert desk.sync()
    marker = desk.site.marker
    assert "next" not in marker
    assert marker["revision"] > coming["next"]
    assert not desk.sync()


def test_the_ledger_is_read_once_more_before_it_is_called_old(desk, monkeypatch):
    open_incident(desk.database)
    desk.sync()
    other = desk.new_publisher()
    real = desk.database.read
    looks = iter(range(1))

    def read(**_):
        if next(looks, None) is not None:  # somebody publishes while we look
            snapshot = real()
            with snapshot as ledger:
                _ = ledger.page
            return stale_snapshot(real)
        return real()

    tell(desk.database, 1, text="News.")
    other.sync(desk.now())
    monkeypatch.setattr(desk.database, "read", read)
    assert not desk.publisher.sync(desk.now())
    assert not desk.publication().stopped


def stale_snapshot(read):
    """A snapshot of a ledger that had not heard the last change yet."""

    @contextmanager
    def opened():
        with read() as ledger:
            ledger.__dict__["page"] = replace(ledger.page, revision=ledger.page.revision - 1)
            yield ledger

    return opened()


def test_another_page_is_not_overwritten(desk, tmp_path):
    open_incident(desk.database)
    desk.sync()
    stranger = stranger_in(tmp_path)
    open_incident(stranger, "Theirs")
    publisher = Publisher(stranger, open_target(str(desk.root)), "program 1")
    home = desk.site.read("index.html")
    assert not publisher.sync(desk.now())
    with stranger.read() as ledger:
        said = ledger.publications.get(desk.target)
    assert said.stopped
    assert "duckrow publish --take-over" in said.error
    assert desk.site.read("index.html") == home
    with pytest.raises(Refusal, match="another page"):
        publisher.full(desk.now())
    assert publisher.full(desk.now(), take_over=True)
    assert "Theirs" in desk.site.home.text
    assert not desk.sync()
    assert desk.publication().stopped
    stranger.close()


def test_who_takes_over_leaves_nothing_of_the_other_page_and_what_is_no_pages(desk, tmp_path):
    """What stayed would speak of what nobody ever ends, and nobody could read the page back."""
    with closing(stranger_in(tmp_path)) as stranger:
        open_incident(stranger, "Theirs", at=desk.now())
        target = open_target(str(desk.root))
        assert Publisher(stranger, target, "program 1", compressed=("gzip",)).sync(desk.now())
    for name in (".index.html.0123.duckrow-tmp", "index.html"):
        (desk.root / "incidents" / name).write_bytes(b"left")
    open_incident(desk.database, "Ours", at=desk.now())
    assert desk.publisher.full(desk.now(), take_over=True)
    aside = {"incidents/index.html", ".duckrow/revision.json", ".duckrow/lock"}
    assert standing_in(desk.root) == {*desk.documents(), *aside}
    marker = target.marker()
    assert marker
    (incident,) = read_page(target, marker, desk.now()).incidents
    assert incident.title == "Ours"


def test_a_taking_over_that_was_cut_off_is_finished_by_the_next(desk, tmp_path, monkeypatch):
    with closing(stranger_in(tmp_path)) as stranger:
        open_incident(stranger, "Theirs", at=desk.now())
        Publisher(stranger, open_target(str(desk.root)), "program 1").sync(desk.now())
    open_incident(desk.database, "Ours", at=desk.now())
    monkeypatch.setattr(FolderWriter, "delete", dies)
    with pytest.raises(Killed):
        desk.publisher.full(desk.now(), take_over=True)
    assert desk.site.marker["revision"] == 0
    monkeypatch.undo()
    desk.sync()
    assert desk.new_publisher().full(desk.now(), take_over=True)
    aside = {".duckrow/revision.json", ".duckrow/lock"}
    assert standing_in(desk.root) == {*desk.documents(), *aside}


def standing_in(root):
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def stranger_in(tmp_path):
    return new_database(f"sqlite:///{tmp_path / 'stranger.db'}")


def test_a_damaged_marker_is_nobodys(desk):
    open_incident(desk.database)
    desk.sync()
    (desk.root / ".duckrow/revision.json").write_text("{}")
    assert not desk.sync()
    assert desk.publication().stopped


def test_racing_publishers_never_show_an_older_revision(either_desk, tmp_path):
    desk = either_desk
    open_incident(desk.database)
    desk.sync()
    done = threading.Event()
    seen: list[int] = []
    torn: list[str] = []
    threads = [
        threading.Thread(target=publish_until, args=(done, desk)),
        threading.Thread(target=publish_until, args=(done, desk)),
        threading.Thread(target=read_until, args=(done, desk.site, seen, torn)),
    ]
    for thread in threads:
        thread.start()
    for number in range(15):
        tell(desk.database, 1, text=f"News {number}.")
    done.set()
    for thread in threads:
        thread.join()
    desk.sync()
    assert torn == []
    assert seen == sorted(seen)
    assert contents(desk.site) == afresh(desk, tmp_path / "fresh")


def publish_until(done, desk):
    database = Database(desk.database.url.render_as_string(hide_password=False))
    publisher = Publisher(database, FolderTarget(desk.root), "program 1")
    while not done.is_set():
        publisher.sync(desk.now())
    database.close()


def read_until(done, site, seen, torn):
    """What a reader sees: the revision of each home page, and pages that are not whole."""
    while not done.is_set():
        home = site.read("index.html").decode()
        if not home.endswith("</html>"):
            torn.append(home)
        seen.append(int(home.partition('name="revision" content="')[2].partition('"')[0]))
        assert site.marker["revision"]


def test_a_publisher_that_was_overtaken_writes_nothing(desk, monkeypatch):
    open_incident(desk.database)
    desk.sync()
    tell(desk.database, 1, text="First.")
    real = FolderTarget.writing

    def overtaken(self, *arguments, **options):
        monkeypatch.undo()
        tell(desk.database, 1, text="Second.")
        assert desk.new_publisher().sync(desk.now())
        return real(self, *arguments, **options)

    monkeypatch.setattr(FolderTarget, "writing", overtaken)
    assert not desk.sync()
    assert "Second." in desk.site.home.text
    assert not desk.sync()


# --- in trouble


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the folder is full"),
        (errno.EROFS, "the folder is read-only"),
        (errno.EIO, "the disk reports errors"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told_and_tried_again(desk, monkeypatch, number, reason):
    open_incident(desk.database)
    desk.sync()
    before = desk.site.all_bytes()
    tell(desk.database, 1, text="News.")

    def failing(_descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    since = desk.now()
    with pytest.raises(TargetError, match=reason):
        desk.publisher.sync(since)
    with pytest.raises(TargetError, match=reason):
        desk.sync()
    assert (desk.publication().behind_since, desk.publication().error) == (since, reason)
    assert desk.site.all_bytes() == before
    assert not list(desk.root.rglob("*.duckrow-tmp"))
    monkeypatch.undo()
    assert desk.sync()
    assert (desk.publication().behind_since, desk.publication().error) == (None, None)
    assert "News." in desk.site.home.text


def test_trouble_that_went_by_itself_is_forgotten(desk, monkeypatch):
    open_incident(desk.database)
    desk.sync()

    def failing(_self):
        raise OSError(errno.EIO, "EIO")

    monkeypatch.setattr(FolderTarget, "_marker", failing)
    with pytest.raises(TargetError):
        desk.sync()
    assert desk.publication().behind_since
    monkeypatch.undo()
    desk.sync()
    assert desk.publication().behind_since is None


def test_what_the_channel_was_told_survives_the_bookkeeping(desk):
    open_incident(desk.database)
    desk.sync()
    with desk.database.write() as ledger:
        ledger.connection.execute(update(schema.publication).values(told_at=NOON))
    tell(desk.database, 1)
    desk.sync()
    assert desk.publication().told_at == NOON


def test_a_ledger_that_cannot_be_read_leaves_the_page_alone(desk, tmp_path):
    open_incident(desk.database, statuses=DOWN)
    desk.sync()
    before = desk.site.all_bytes()
    desk.database.engine.dispose()
    (tmp_path / "ledger.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(LedgerUnavailable):
        desk.sync()
    assert desk.site.all_bytes() == before


# --- a row that cannot be shown


def test_a_text_that_cannot_be_converted_stands_as_it_was_typed(desk, monkeypatch):
    def poisoned(markup):
        raise RecursionError(markup)

    monkeypatch.setattr("bot.core.text.to_html", poisoned)
    monkeypatch.setattr("bot.core.text.to_plain", poisoned)
    open_incident(desk.database, text=f"<script>{new_id()}", statuses=DOWN)
    assert desk.sync()
    assert "<script>" in desk.site.home.text
    assert desk.site.json("api/v2/status.json")["status"]["indicator"] == "major"
    assert desk.publication().error is None


def test_a_document_that_cannot_be_made_stops_no_other(desk, monkeypatch):
    poison = open_incident(desk.database, "Poison")
    desk.sync()
    path = f"incidents/{poison.id}/index.html"
    before = desk.site.read(path)
    spoil(monkeypatch, path)
    tell(desk.database, poison.number, text="News.")
    other = open_incident(desk.database, "Another")
    assert desk.sync()
    assert desk.site.read(path) == before
    assert "News." in desk.site.home.text
    assert f"incidents/{other.id}/index.html" in desk.site.paths()
    assert desk.publication().error == f"{path} could not be rendered"
    assert not desk.sync()
    assert desk.publication().error == f"{path} could not be rendered"


def test_a_document_that_stays_older_is_told_of_until_it_can_be_made(desk, monkeypatch):
    poison, another = (open_incident(desk.database, each) for each in ("Poison", "Another"))
    desk.sync()
    path = f"incidents/{poison.id}/index.html"
    spoil(monkeypatch, path)
    tell(desk.database, poison.number, Phase.RESOLVED, text="It is over.")
    desk.sync()
    monkeypatch.undo()
    tell(desk.database, another.number, text="News of another.")
    with desk.database.write() as ledger:  # meanwhile it could not be written for a while
        ledger.publications.save(replace(desk.publication(), behind_since=NOON, error="full"))
    desk.sync()
    assert desk.publication().error == f"{path} could not be rendered"
    assert desk.publisher.full(desk.now())
    assert "It is over." in desk.site.page(path).text
    assert desk.publication().error is None


def test_without_its_home_page_nothing_is_called_published(desk, monkeypatch):
    open_incident(desk.database)
    desk.sync()
    revision = desk.site.marker["revision"]
    spoil(monkeypatch, "index.html")
    tell(desk.database, 1, text="News.")
    with pytest.raises(RenderError, match=r"index\.html could not be rendered"):
        desk.sync()
    assert desk.publication().behind_since
    assert desk.site.marker["revision"] == revision
    assert "News." in desk.site.page("2013/02/index.html").text
    monkeypatch.undo()
    assert desk.sync()
    assert "News." in desk.site.home.text
    assert desk.publication().behind_since is None


def spoil(monkeypatch, path):
    real = rendering._render

    def render(site, due, known):
        if due.path == path:
            raise KeyError(path)
        return real(site, due, known)

    monkeypatch.setattr(rendering, "_render", render)


# --- in full


def test_a_full_publication_removes_what_is_ours_and_not_due(desk):
    incident = open_incident(desk.database)
    desk.sync()
    retract(desk.database, incident.number, at=desk.now())
    desk.sync()
    (desk.root / "theirs.html").write_text("not ours")
    assert "2013/02/index.html" in desk.site.paths()
    steps = []
    assert desk.publisher.full(desk.now(), progress=lambda *step: steps.append(step))
    ours = FIXED | ONCE | own(incident) | parts(*COMPONENTS)
    assert desk.site.paths() == ours | {"theirs.html"}
    assert set(desk.documents()) == ours
    assert not (desk.root / "2013").exists()
    assert steps == sorted(steps)
    assert [done == total for done, total in steps] == [False] * (len(steps) - 1) + [True]


def test_what_is_told_during_a_full_publication_is_in_it(desk, tmp_path, monkeypatch):
    first = open_incident(desk.database)
    monkeypatch.setattr("bot.publish.rebuild._INCIDENTS", 1)
    told = iter(["News of the first.", "More of it."])

    def progress(*_):
        if text := next(told, None):
            tell(desk.database, first.number, text=text, at=desk.now())

    open_incident(desk.database, "Another")
    desk.publisher.full(desk.now(), progress=progress)
    assert "More of it." in desk.site.page(f"incidents/{first.id}/index.html").text
    assert not desk.sync()
    tell(desk.database, first.number)
    desk.sync()
    assert contents(desk.site) == afresh(desk, tmp_path / "fresh")


def test_settings_changed_during_a_full_publication_reach_every_document(desk, monkeypatch):
    for number in range(3):
        open_incident(desk.database, f"Trouble {number}")
    monkeypatch.setattr("bot.publish.rebuild._INCIDENTS", 1)
    renamed = iter([True])

    def progress(*_):
        if next(renamed, None):
            configure(desk, name="Renamed")

    desk.publisher.full(desk.now(), progress=progress)
    assert all("Renamed" in page.text for _, page in desk.site.pages())


def test_a_full_publication_reads_each_incident_once(desk, monkeypatch):
    for months in range(4):
        open_incident(desk.database, display_at=NOON - months * timedelta(days=31), statuses=DOWN)
    monkeypatch.setattr("bot.publish.rebuild._PAGES", 1)
    read: list[str] = []
    real = rows.to_incidents

    def to_incidents(found, updates):
        read.extend(row.id for row in found)
        return real(found, updates)

    monkeypatch.setattr(rows, "to_incidents", to_incidents)
    desk.publisher.full(desk.now())
    assert len(read) == len(set(read)) == 4


def test_a_folder_that_was_emptied_is_filled_again(desk):
    open_incident(desk.database)
    desk.sync()
    before = desk.site.all_bytes()
    shutil.rmtree(desk.root)
    assert desk.sync()
    assert desk.site.all_bytes() == before


def test_an_edit_and_a_retraction_are_published(desk):
    incident = open_incident(desk.database, text="Frist text.")
    tell(desk.database, 1, text="Oops.")
    desk.sync()
    retract(desk.database, 1, at=desk.now())
    edit(desk.database, 1, "First text.", at=desk.now())
    desk.sync()
    for path in ("index.html", "2013/02/index.html", f"incidents/{incident.id}/index.html"):
        assert "First text." in desk.site.page(path).text
        assert "Oops." not in desk.site.page(path).text
        assert "edited" in desk.site.page(path).text


def test_a_snapshot_may_take_its_time_to_be_rendered(either_desk, monkeypatch):
    """Somebody waits for an answer to a command; nobody for the page's next revision."""

    def slowly(*args):
        time.sleep(WAIT + 0.2)
        return render_all(*args)

    open_incident(either_desk.database)
    either_desk.sync()
    tell(either_desk.database, 1, at=either_desk.now())
    monkeypatch.setattr(publisher, "render_all", slowly)
    assert either_desk.sync()
