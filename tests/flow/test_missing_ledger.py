"""The SQLite file is away for a while: nothing is begun in its place, and nothing saved is lost."""

import subprocess

from tests.flow.conftest import one_process
from tests.support.processes import DUCKROW, environment


def attempt(folder, env, *words):
    """Type what can only be refused; what was said."""
    done = subprocess.run(
        [*DUCKROW, *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    return done.stdout + done.stderr


def test_what_is_typed_while_the_file_is_away_destroys_nothing(tmp_path, slack, socket_env):
    ledger, away = tmp_path / "ledger.db", tmp_path / "away.db"
    with one_process(tmp_path, slack, socket_env):
        slack.say("ana", "#incidents", "/incident open www=down Site Outage | We see errors.")
        reply = slack.say("ana", "#incidents", "/incident update #1 More of it.")
        assert reply.text.startswith("Saved as #1, update 2")
        ledger.rename(away)
        for words in (["doctor"], ["incident", "list"], ["publish"]):  # as the runbook has it
            assert "but still its -wal, -shm, -loop" in attempt(tmp_path, socket_env, *words)
        assert not ledger.exists()
        assert slack.say("ben", "#incidents", "/incident update #1 Lost?").text.startswith("Not ")
        away.rename(ledger)
        reply = slack.say("ben", "#incidents", "/incident update #1 We found it.")
        assert reply.text.startswith("Saved as #1, update 3")


def test_a_bot_that_starts_while_the_file_is_away_refuses_and_then_goes_on(
    tmp_path, slack, socket_env
):
    ledger, away = tmp_path / "ledger.db", tmp_path / "away.db"
    with one_process(tmp_path, slack, socket_env):
        slack.say("ana", "#incidents", "/incident open www=down Site Outage | We see errors.")
    ledger.rename(away)
    with one_process(tmp_path, slack, socket_env):
        assert slack.say("ben", "#incidents", "/incident update #1 Lost?").text.startswith("Not ")
        assert not ledger.exists()
        away.rename(ledger)
        reply = slack.say("ben", "#incidents", "/incident update #1 We found it.")
        assert reply.text.startswith("Saved as #1, update 2")


def test_a_first_start_before_the_folder_is_mounted_makes_the_ledger_once_it_is(
    tmp_path, slack, story
):
    folder, log = tmp_path / "volume", tmp_path / "process.log"
    url = {"DATABASE_URL": f"sqlite:///{folder / 'ledger.db'}"}
    line = "/incident open Site Outage | We see errors."
    with one_process(tmp_path, slack, environment(tmp_path, slack, **story["environment"], **url)):
        slack.wait_for(lambda: "take_the_turn" in log.read_text(), seconds=30)
        assert slack.say("ana", "#incidents", line).text.startswith("Not saved")
        folder.mkdir()
        slack.wait_for((folder / "ledger.db-loop").exists, seconds=60)
        slack.wait_for(
            lambda: slack.say("ana", "#incidents", line).text.startswith("Saved as #1"), seconds=60
        )
