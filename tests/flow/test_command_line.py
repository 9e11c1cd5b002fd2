"""The command line, as somebody types it: what it prints and how it ends."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing

import pytest

from tests.support.processes import DUCKROW, ROOT


@pytest.fixture
def type_(tmp_path):
    """Run `duckrow …` in an empty folder; its status and all it printed."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}

    def run(*words, **more):
        done = subprocess.run(
            [*DUCKROW, *words],
            cwd=tmp_path,
            env=env | more,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_command_is_saved_and_published_without_any_bot(type_, tmp_path):
    type_("components", "add", "www", "Home page", "--group", "Site")
    assert type_("incident", "open", "www=down", "Site Outage | We see errors.") == (
        0,
        "Saved as #1, update 1: Site Outage is Investigating.\n",
    )
    summary = json.loads((tmp_path / "public/api/v2/summary.json").read_text())
    assert summary["status"]["description"] == "Major System Outage"
    assert "www Home page: major outage" in type_("components", "list")[1]


def test_a_target_that_holds_another_page_keeps_no_other_from_being_written(type_, tmp_path):
    another = {"DATABASE_URL": "sqlite:///another.db", "PUBLISH_URL": "theirs"}
    type_("incident", "open", "Theirs | We look.", **another)
    type_("incident", "open", "Ours | We look.")
    (tmp_path / "public/index.html").unlink()
    status, said = type_("publish", "--full", PUBLISH_URL="theirs public")
    assert status == 1
    assert "another page is published there" in said
    assert "duckrow publish --take-over" in said
    assert "Ours" in (tmp_path / "public/index.html").read_text()


def test_a_maintenance_is_planned_and_in_the_calendar(type_, tmp_path):
    type_("components", "add", "www", "Home page")
    words = ("schedule", "www", "from=2040-11-25T22:00", "for=3h", "Moving house | We move.")
    assert type_("maintenance", *words) == (
        0,
        "Saved as #1, update 1: Moving house is Scheduled.\n",
    )
    assert "SUMMARY:Moving house\r\n" in (tmp_path / "public/calendar.ics").read_bytes().decode()
    assert "Usage: duckrow maintenance schedule" in type_("maintenance", "schedule", "Title")[1]
    status, said = type_("incident", "resolve", "#1", "Done.")
    assert status == 1
    assert "#1 is a maintenance, not an incident.\nWhat can be said of it: duckrow" in said
    assert "cancel" in type_("maintenance")[1]


def test_a_refusal_ends_with_status_1_and_hands_the_words_back(type_):
    status, said = type_("incident", "updte", "Hello.")
    assert status == 1
    assert "Did you mean update?" in said
    assert "Your text: updte Hello." in said


def test_several_open_incidents_are_named_to_choose_from(type_):
    type_("incident", "open", "One | Text.")
    type_("incident", "open", "Two | Text.")
    status, said = type_("incident", "update", "Hello.")
    assert status == 1
    assert "#1 One" in said
    assert "#2 Two" in said
    assert type_("incident", "update", "#2", "Hello.")[0] == 0


def test_two_hyphens_make_text_of_what_looks_like_an_argument(type_, tmp_path):
    type_("components", "add", "www", "Home page")
    type_("incident", "open", "www=down", "Site Outage | We see errors.")
    type_("incident", "update", "--", "www=ok is what we typed.")
    incident = json.loads((tmp_path / "public/api/v2/incidents.json").read_text())["incidents"][0]
    assert incident["incident_updates"][0]["body"] == "www=ok is what we typed."
    assert incident["components"][0]["status"] == "major_outage"


def test_words_come_back_with_their_markup(type_):
    assert "Your text: opne a *b* _c_ & <d>" in type_("incident", "opne", "a *b* _c_ & <d>")[1]


def test_one_broken_target_does_not_keep_the_other_from_being_written(type_, tmp_path):
    (tmp_path / "bad").touch()
    both = {"PUBLISH_URL": "./bad ./good"}
    status, said = type_("incident", "open", "Site Outage | We see errors.", **both)
    assert status == 1
    assert f"{(tmp_path / 'bad').as_uri()}: it is not a folder" in said
    assert "We see errors." in (tmp_path / "good/index.html").read_text()
    status, said = type_("publish", "--full", **both)
    assert status == 1
    assert "Traceback" not in said


def test_all_wrong_settings_are_said_at_once_each_with_its_remedy(type_):
    status, said = type_(
        "run", PAGE_URL="nowhere", PORT="0x50", SLACK_BOT_TOKEN="xoxb", PAGE_TIME_ZONE="Mars/Phobos"
    )
    assert status == 1
    assert "Traceback" not in said
    for name in ("PAGE_URL", "PORT", "SLACK_BOT_TOKEN", "PAGE_TIME_ZONE", "INCIDENT_CHANNELS"):
        assert name in said


def test_the_doctor_names_every_ill_with_a_remedy(type_, tmp_path):
    status, said = type_("doctor", DATABASE_URL="sqlite:///nowhere/ledger.db")
    assert status == 1
    assert f"NOT  database: does not answer: there is no folder {tmp_path}/nowhere" in said
    assert "Check DATABASE_URL" in said
    assert "NOT  SLACK_BOT_TOKEN" in said
    assert "ok   file://" in said


def test_the_doctor_makes_nothing(type_, tmp_path):
    said = type_("doctor")[1]
    assert f"NOT  database: there is no ledger at {tmp_path}/duckrow.db yet\n" in said
    assert "`duckrow run` makes the ledger" in said
    assert f"ok   {(tmp_path / 'public').as_uri()}: can be made" in said
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_migrates_nothing(type_, tmp_path):
    type_("components", "add", "www", "Home page")
    with closing(sqlite3.connect(tmp_path / "duckrow.db")) as ledger, ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '0001'")
    assert "Migrate it with: duckrow db upgrade" in type_("doctor")[1]


@pytest.mark.parametrize(
    "words", [("doctor",), ("incident", "list"), ("publish",), ("recover",), ("db", "upgrade")]
)
def test_no_command_begins_a_ledger_where_one_has_been(type_, tmp_path, words):
    (tmp_path / "duckrow.db-loop").touch()
    status, said = type_(*words)
    assert status == 1
    assert f"there is no ledger at {tmp_path}/duckrow.db, but still its -loop." in said
    assert "Put it back. If it is lost for good: stop the bot and remove what is left" in said
    assert not (tmp_path / "duckrow.db").exists()


def test_what_is_no_export_makes_no_ledger(type_, tmp_path):
    (tmp_path / "bad.jsonl").write_text("quack\n")
    assert type_("import", "bad.jsonl") == (
        1,
        "This is no export of a ledger.\nName a file that `duckrow export` wrote.\n",
    )
    assert [one.name for one in tmp_path.iterdir()] == ["bad.jsonl"]


def test_a_database_that_is_not_there_is_said_plainly(type_, free_port):
    url = f"postgresql://nobody@127.0.0.1:{free_port}/ledger"
    status, said = type_("incident", "open", "One | Text.", DATABASE_URL=url)
    assert status == 1
    assert "The database does not answer" in said
    assert "duckrow emergency" in said
    assert "Traceback" not in said


def test_the_doctor_asks_for_credentials_where_a_store_is_away(type_, free_port):
    store = {"PUBLISH_URL": "s3://status/page", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port}"}
    said = type_("doctor", **store, AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="quack")[1]
    assert "NOT  s3://status/page: it cannot be reached" in said
    assert "Check PUBLISH_URL and the AWS_… settings" in said


def test_the_doctor_sends_nobody_to_migrate_what_a_newer_program_did(type_, tmp_path):
    type_("components", "add", "www", "Home page")
    with closing(sqlite3.connect(tmp_path / "duckrow.db")) as ledger, ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '9999'")
    said = type_("doctor")[1]
    assert "Start the newer one." in said
    assert "db upgrade" not in said


def test_an_emergency_that_cannot_be_told_says_that_nothing_was_published(type_):
    type_("components", "add", "www", "Home page")
    status, said = type_("emergency", "wwww=down", "We are down.")
    assert status == 1
    assert said.startswith('Not published: there is no component "wwww".')
    said = type_("emergency", "--resolve", "Up.")[1]
    assert said.startswith("Not published: there is no emergency to end")


def test_a_page_of_somebody_else_is_not_overwritten_until_it_is_taken_over(type_, tmp_path):
    type_("incident", "open", "One | Text.")
    other = {"DATABASE_URL": "sqlite:///other.db"}
    status, said = type_("incident", "open", "Two | Text.", **other)
    assert status == 1
    assert "Saved as #1" in said
    assert "put its backup back" in said
    assert "publish --take-over" in said
    assert "One" in (tmp_path / "public/index.html").read_text()
    assert type_("publish", "--take-over", **other)[0] == 0
    assert "Two" in (tmp_path / "public/index.html").read_text()


def test_the_doctor_says_whose_page_a_target_shows(type_, tmp_path):
    type_("incident", "open", "One | Text.", PAGE_NAME="Coursera", PAGE_URL="https://status.x.org/")
    other = {"DATABASE_URL": "sqlite:///other.db"}
    said = type_("doctor", **other)[1]
    target = (tmp_path / "public").as_uri()
    shown = '"Coursera", https://status.x.org/'
    assert f"NOT  {target}: the page of another ledger is published there: {shown}" in said
    assert "duckrow recover" in said
    assert f"ok   {target}: can be written" in type_("doctor")[1]
    (tmp_path / "public/.duckrow/revision.json").write_text("{")
    assert "something that is no page of ours" in type_("doctor")[1]


def test_a_ledger_that_cannot_be_made_anew_says_why_and_stays_empty(type_, tmp_path):
    status, said = type_("recover")
    assert status == 1
    assert said.startswith("Nothing was recovered.\nfile:///")
    assert "there is no page of ours" in said
    type_("incident", "open", "One | Text.")
    status, said = type_("recover")
    assert status == 1
    assert said.startswith("Nothing was recovered: this ledger is not empty")
    (tmp_path / "public/api/v2/components.json").unlink()
    said = type_("recover", DATABASE_URL="sqlite:///other.db")[1]
    assert "api/v2/components.json is missing" in said


def test_what_is_typed_in_a_shell_is_text_and_no_markup_of_slack(type_, tmp_path):
    type_("incident", "open", "A <b> & c | 1 < 2 & <script>alert(1)</script>")
    page = (tmp_path / "public/index.html").read_text()
    assert "<script>alert" not in page
    assert "A &lt;b&gt; &amp; c" in page


def test_the_manifest_is_printed_for_both_ways_in(type_):
    assert type_("manifest", "--slash-command", "In cident")[0] == 1
    assert json.loads(type_("manifest")[1])["settings"]["socket_mode_enabled"] is True
    over_http = json.loads(type_("manifest", "--http", "https://bot.example.com")[1])
    url = "https://bot.example.com/slack/events"
    assert over_http["features"]["slash_commands"][0]["url"] == url


@pytest.mark.parametrize("words", [("--help",), ("incident", "help"), ("publish", "--help")])
def test_help_is_there(type_, words):
    assert type_(*words)[0] == 0


@pytest.mark.parametrize("words", [("incident", "open"), ("maintenance", "schedule")])
def test_a_subcommand_is_explained_as_shells_ask_for_it(type_, words):
    about, subcommand = words
    asked = type_(about, subcommand, "--help")
    assert asked == type_(about, "help", subcommand)
    assert asked[0] == 0
    assert f"duckrow {about} {subcommand}" in asked[1]
    assert "--help" in type_(about, subcommand, "--help", "me")[1]
