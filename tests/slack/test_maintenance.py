"""A maintenance in its channel: a message and a thread, as an incident has."""

import pytest

from bot import commands
from bot.clock import keep_time
from bot.commands import Call
from bot.core.status import Kind
from tests.support.telling import ANA


@pytest.fixture
def plan(bot):
    """Types a line about maintenances on the command line, where no channel is named."""

    def type_(line):
        call = Call(line, line, ANA, "", bot.now(), about=Kind.MAINTENANCE)
        answer = commands.run(call, bot.database)
        assert answer.saved, answer.text

    return type_


def facts(message):
    fields = [field for block in message.blocks for field in block.get("fields", [])]
    return dict(field["text"].split("\n", 1) for field in fields)


def test_it_is_announced_begins_and_ends_in_the_first_channel(bot, slack, plan, clock):
    plan("schedule www from=now for=3h Moving house | We move to other machines.")
    bot.announce()
    (root,) = slack.messages("#incidents")
    assert root.text == "#1 Moving house: Scheduled. We move to other machines."
    assert set(facts(root)) == {"*Phase*", "*From*", "*Until*", "*Components*"}
    keep_time(bot.database)(bot.now())
    clock.pass_by(hours=4)
    keep_time(bot.database)(bot.now())
    bot.announce()
    (root,) = slack.messages("#incidents")
    assert root.text.startswith("#1 Moving house: Completed.")
    assert "*Duration*" in facts(root)
    told = [reply.text for reply in slack.thread("#incidents", root)]
    assert told == [
        "Scheduled: We move to other machines.",
        "In progress: The scheduled maintenance is in progress. We will write here when it ends.",
        "Completed: The scheduled maintenance has been completed.",
        "Completed after 3 h: 3 updates; www",
    ]


def test_a_cancelled_one_says_so_and_claims_no_length(bot, slack, plan):
    plan("schedule www from=now for=3h Moving house | We move to other machines.")
    plan("cancel")
    bot.announce()
    (root,) = slack.messages("#incidents")
    assert root.text == "#1 Moving house: Cancelled. This maintenance will not take place."
    assert "*Duration*" not in facts(root)
    assert slack.thread("#incidents", root)[-1].text == "Cancelled: 2 updates; www"
