"""The real program, whose ledger is put back as an old copy under a page that went on."""

import json
import shlex
import shutil
import sqlite3
from contextlib import closing

from tests.flow.conftest import one_process
from tests.support.processes import ROOT, duckrow
from tests.support.reading import page


def back_up(folder, name):
    with (
        closing(sqlite3.connect(folder / "ledger.db")) as live,
        closing(sqlite3.connect(folder / name)) as copy,
    ):
        live.backup(copy)


def untold(folder):
    """Incidents that Slack has not heard of: what is posted after a copy may be posted twice."""
    with closing(sqlite3.connect(folder / "ledger.db")) as live:
        query = "SELECT count(*) FROM incident WHERE revision > told_revision"
        return live.execute(query).fetchone()[0]


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
        slack.wait_for(lambda: untold(tmp_path) == 0, seconds=20)
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


def test_with_no_database_the_public_is_told_as_documented_and_the_bot_hears_of_it(
    tmp_path, slack, socket_env
):
    duckrow(tmp_path, socket_env, "incident", "open", "www=down", "Site Outage | We see errors.")
    nowhere = socket_env | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    commands = documented("## When the database is gone")
    assert len(commands) == 3
    for command in commands:
        said = duckrow(tmp_path, nowhere, *command)
        assert "/incidents/emerg" in said
        assert command[-1].rpartition("| ")[2] in page(slack)
    with one_process(tmp_path, slack, socket_env):
        slack.wait_for(lambda: said_in_slack(slack, "All is back."), seconds=60)
        reply = slack.say("ana", "#incidents", "/incident update #1 We still see errors.")
        assert reply.text.startswith("Saved as #1, update 2")
        slack.wait_for(lambda: "We still see errors." in page(slack), seconds=30)
    assert "#2" in duckrow(tmp_path, socket_env, "incident", "show", "#2")


def test_a_ledger_lost_with_every_copy_comes_back_as_documented_and_its_thread_goes_on(
    tmp_path, slack, socket_env
):
    with one_process(tmp_path, slack, socket_env):
        slack.say("ana", "#incidents", "/incident open www=down Site Outage | We see errors.")
        slack.wait_for(lambda: untold(tmp_path) == 0, seconds=30)
        slack.wait_for(lambda: "We see errors." in page(slack), seconds=30)
    before = marker(tmp_path)
    for file in tmp_path.glob("ledger.db*"):
        file.unlink()
    for command in documented("### And no backup either"):
        said = duckrow(tmp_path, socket_env, *command)
        if command == ["recover"]:
            assert "1 update of 1 incident came back from it:\n• #1 Site Outage" in said
    assert marker(tmp_path)["page"] == before["page"]
    assert marker(tmp_path)["revision"] > before["revision"]
    with one_process(tmp_path, slack, socket_env):
        slack.wait_for(
            lambda: any("made anew" in one.text for one in slack.messages("#incidents")), seconds=30
        )
        reply = slack.say("ben", "#incidents", "/incident resolve All is well.")
        assert reply.text == "Saved as #1, update 2: Site Outage is Resolved."
        (root,) = [one for one in slack.messages("#incidents") if one.text.startswith("#1")]
        slack.wait_for(lambda: len(slack.thread("#incidents", root)) == 3, seconds=60)
    texts = [one.text for one in slack.thread("#incidents", root)]
    assert texts[:2] == ["Investigating: We see errors.", "Resolved: All is well."]


def documented(heading):
    """The commands of the first block under a heading of docs/operations.md, as words."""
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8").partition(heading)[2]
    block = text.partition("```sh\n")[2].partition("```")[0]
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    assert all(line[0] == "duckrow" for line in lines)
    return [line[1:] for line in lines]


def said_in_slack(slack, words):
    roots = slack.messages("#incidents")
    threads = [each for root in roots for each in slack.thread("#incidents", root)]
    return any(words in each.text for each in (*roots, *threads))
