"""The real program, whose ledger is put back as an old copy under a page that went on."""

import json
import shutil
import sqlite3
from contextlib import closing

from tests.flow.conftest import one_process
from tests.support.processes import duckrow
from tests.support.reading import page


def back_up(folder, name):
    with (
        closing(sqlite3.connect(folder / "ledger.db")) as live,
        closing(sqlite3.connect(folder / name)) as copy,
    ):
        live.backup(copy)


def put_back(folder, name):
    for ending in ("-wal", "-shm"):
        (folder / f"ledger.db{ending}").unlink(missing_ok=True)
    shutil.copy(folder / name, folder / "ledger.db")


def marker(folder):
    return json.loads((folder / "public/.duckrow/revision.json").read_text())


def test_what_was_acknowledged_after_a_backup_comes_back_from_the_page(tmp_path, slack, socket_env):
    with one_process(tmp_path, slack, socket_env):
        slack.say("ana", "#incidents", "/incident open www=down Site Outage | We see errors.")
        slack.wait_for(lambda: "We see errors." in page(slack), seconds=20)
        back_up(tmp_path, "backup.db")
        slack.say("ana", "#incidents", "/incident update After the backup.")
        slack.wait_for(lambda: "After the backup." in page(slack), seconds=20)
        root = slack.messages("#incidents")[-1]
        slack.wait_for(lambda: len(slack.thread("#incidents", root)) == 2, seconds=20)
        before = marker(tmp_path)["revision"]
    put_back(tmp_path, "backup.db")
    with one_process(tmp_path, slack, socket_env):
        slack.wait_for(lambda: marker(tmp_path)["revision"] > before, seconds=30)
        slack.wait_for(
            lambda: any("older copy" in one.text for one in slack.messages("#incidents")),
            seconds=30,
        )
        reply = slack.say("ben", "#incidents", "/incident resolve All is well.")
        assert reply.text == "Saved as #1, update 3: Site Outage is Resolved."
        slack.wait_for(lambda: "All is well." in page(slack), seconds=30)
        assert "After the backup." in page(slack)
        slack.wait_for(lambda: len(slack.thread("#incidents", root)) == 4, seconds=60)
    texts = [one.text for one in slack.thread("#incidents", root)]
    assert texts[0] == "Investigating: We see errors."
    assert texts[1] == "Investigating: After the backup."
    assert texts[2] == "Resolved: All is well."


def test_with_no_database_the_public_is_told_and_the_bot_hears_of_it(tmp_path, slack, socket_env):
    duckrow(tmp_path, socket_env, "incident", "open", "www=down", "Site Outage | We see errors.")
    nowhere = socket_env | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    said = duckrow(tmp_path, nowhere, "emergency", "Our database is gone | We rebuild it.")
    assert "http://" in said
    assert "We rebuild it." in page(slack)
    with one_process(tmp_path, slack, socket_env):
        slack.wait_for(
            lambda: any("We rebuild it." in one.text for one in slack.messages("#incidents")),
            seconds=30,
        )
        reply = slack.say("ana", "#incidents", "/incident resolve #2 It is back.")
        assert reply.text == "Saved as #2, update 2: Our database is gone is Resolved."
        slack.wait_for(lambda: "It is back." in page(slack), seconds=30)
