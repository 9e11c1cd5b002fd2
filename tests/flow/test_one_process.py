"""`duckrow run` alone: who is turned away, and what happens when something is not there."""

from tests.flow.conftest import one_process
from tests.support.processes import DUCKROW, duckrow, running
from tests.support.reading import page, told


def test_people_who_may_not_are_turned_away_with_their_text(tmp_path, slack, socket_env):
    with one_process(tmp_path, slack, socket_env):
        reply = slack.say("gus", "#incidents", "/incident open Site Outage | We see errors.")
        assert reply.text.startswith("Not saved: ")
        assert "Your text: open Site Outage | We see errors." in reply.text
        elsewhere = slack.say("ana", "#general", "/incident open Site Outage | We see errors.")
        assert elsewhere.text.startswith("Not saved: ")
    assert "We see errors." not in page(slack)


def test_what_was_said_on_the_command_line_is_told_too(tmp_path, slack, socket_env):
    words = ("incident", "open", "www=down", "Site Outage | Slack was away.")
    said = duckrow(tmp_path, socket_env, *words)
    assert said.startswith("Saved as #1, update 1")
    assert "Slack was away." in page(slack)  # it publishes by itself
    with one_process(tmp_path, slack, socket_env):
        root = slack.wait_for(lambda: slack.messages("#incidents"), seconds=20)[-1]
        assert "Site Outage" in root.text


def test_the_bot_starts_while_slack_is_down_and_answers_when_it_is_back(
    tmp_path, slack, socket_env
):
    with running([*DUCKROW, "run"], tmp_path, socket_env):
        with slack.down():
            log = tmp_path / "process.log"
            slack.wait_for(lambda: "Slack gives no connection" in log.read_text(), seconds=30)
        slack.wait_for_connections(2, seconds=60)
        slack.wait_for(lambda: slack.called("users.list"), seconds=60)
        reply = slack.say("ana", "#incidents", "/incident open Site Outage | Back again.")
        assert reply.text.startswith("Saved as #1")


def test_after_a_restart_everything_goes_on_where_it_was(tmp_path, slack, socket_env):
    with one_process(tmp_path, slack, socket_env):
        slack.say("ana", "#incidents", "/incident open www=down Site Outage | We see errors.")
        slack.wait_for(lambda: told(slack, "ana", "is live on"), seconds=20)
        (root,) = slack.wait_for(lambda: slack.messages("#incidents"))
        slack.wait_for(lambda: slack.thread("#incidents", root))
    with one_process(tmp_path, slack, socket_env):
        reply = slack.say("ben", "#incidents", "/incident resolve All is well.")
        assert reply.text == "Saved as #1, update 2: Site Outage is Resolved."
        slack.wait_for(lambda: "All is well." in page(slack), seconds=20)
        slack.wait_for(lambda: len(slack.thread("#incidents", root)) == 3, seconds=20)
    assert len(slack.messages("#incidents")) == 1
