"""A ledger that was exported goes on elsewhere: page and threads as if nothing had happened."""

from tests.flow.conftest import one_process
from tests.support.processes import duckrow
from tests.support.reading import page


def test_an_imported_ledger_goes_on_where_the_other_was(tmp_path, slack, socket_env):
    there = socket_env | {"DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
    with one_process(tmp_path, slack, socket_env):
        slack.say("ana", "#incidents", "/incident open www=down Site Outage | We see errors.")
        (root,) = slack.wait_for(lambda: slack.messages("#incidents"), seconds=20)
        slack.wait_for(lambda: slack.thread("#incidents", root), seconds=20)
        slack.faults.add("chat.postMessage", "ratelimited", seconds=10)
        slack.say("ben", "#incidents", "/incident update We found it.")
        duckrow(tmp_path, socket_env, "export", "backup.jsonl")
        slack.wait_for(lambda: len(slack.thread("#incidents", root)) == 2, seconds=60)
    duckrow(tmp_path, there, "import", "backup.jsonl")
    with one_process(tmp_path, slack, there):
        reply = slack.say("ana", "#incidents", "/incident resolve All is well.")
        assert reply.text.startswith("Saved as #1, update 3")
        slack.wait_for(lambda: "All is well." in page(slack), seconds=20)
        slack.wait_for(lambda: len(slack.thread("#incidents", root)) == 4, seconds=60)
    texts = [message.text for message in slack.thread("#incidents", root)]
    for position, words in enumerate(["We see errors.", "We found it.", "All is well."]):
        assert [words in text for text in texts].index(True) == position
    assert len(slack.messages("#incidents")) == 1
