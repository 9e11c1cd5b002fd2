"""A command in Slack: saved before it is said so, once, by those who may; or handed back."""

import json
from dataclasses import replace

import pytest

from bot.core.text import to_html, to_plain
from storage.database import Database
from storage.errors import LedgerUnavailable, OutcomeUnknown
from tests.slack.answers import OPEN, answered, away, buttons
from tests.slack.conftest import ON_BOTH


def gone(*_, **__):
    """The ledger cannot even be read."""
    raise LedgerUnavailable("gone")


@ON_BOTH
def test_a_command_is_saved_and_then_answered_to_its_author_alone(say, stored, slack, bot):
    revision, _ = stored()
    reply = say(OPEN)
    assert reply.text == "Saved as #1, update 1: Site Outage is Investigating."
    assert (reply.response_type, reply.seen_by) == ("ephemeral", "U00000ANA")
    assert stored() == (revision + 1, 1)
    assert bot.woken.is_set()
    assert slack.messages("#incidents") == []


def test_the_author_is_remembered_by_name(say, database):
    say(OPEN)
    with database.read() as ledger:
        assert ledger.incident(1).opened_by.name == "ana"


def test_no_call_goes_to_slack_before_the_ack(say, slack, bot):
    before = len(slack.calls)
    say(OPEN)
    say("resolve #1 All is well.")
    assert slack.calls[before:] == []


def test_somebody_new_costs_one_look_before_the_ack(make_bot, slack):
    bot = make_bot()
    bot.run(bot.reception.identity.sync)
    bot.listen()
    before = len(slack.calls)
    assert slack.say("ana", "#incidents", f"/incident {OPEN}").text.startswith("Saved as #1")
    assert slack.say("ana", "#incidents", "/incident list").text.startswith("*#1*")
    assert [call.method for call in slack.calls[before:]] == ["users.info"]


@ON_BOTH
@pytest.mark.parametrize("fault", ["duplicate", "twice_at_once"])
def test_a_delivery_that_comes_twice_is_saved_once_and_answered_the_same(say, slack, stored, fault):
    slack.faults.add("slash_commands", fault)
    assert say(OPEN).text.startswith("Saved as #1, update 1")
    assert stored()[1] == 1


def test_an_answer_that_got_lost_does_not_double_what_is_typed_again(say, slack, stored):
    slack.faults.add("slash_commands", "answer_lost")
    assert "operation_timeout" in say(OPEN).text
    assert say(OPEN).text.startswith("Already saved as #1, update 1")
    assert stored()[1] == 1


def test_the_page_says_the_same_whether_slack_wraps_links_or_not(say, slack, database):
    for slack.workspace.app.wraps_links in (False, True):
        reply = say("open Title | see https://example.com/x?a=1&b=2 now")
        assert reply.text.startswith("Saved as")
    with database.read() as ledger:
        bare, wrapped = (ledger.incident(number).updates[0].text for number in (1, 2))
    assert bare == "see https://example.com/x?a=1&amp;b=2 now"
    assert wrapped == "see <https://example.com/x?a=1&amp;b=2> now"
    assert to_html(wrapped) == to_html(bare)
    assert to_plain(wrapped) == to_plain(bare) == "see https://example.com/x?a=1&b=2 now"
    assert 'href="https://example.com/x?a=1&amp;b=2"' in to_html(bare)


def test_a_refusal_hands_the_text_back(say, stored):
    reply = say("open wwww=down Site Outage | We see errors.")
    assert reply.text.startswith("Not saved: ")
    assert reply.text.endswith("Your text: open wwww=down Site Outage | We see errors.")
    assert stored()[1] == 0


@ON_BOTH
@pytest.mark.parametrize(
    "line", ["update " + "x" * 40_000, "update " + "&<>" * 13_000, "open " + "y" * 40_000]
)
def test_a_text_far_too_long_is_handed_back_whole(say, slack, line):
    say(line)
    whole = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    pieces = -(-(len(whole) + 200) // 40_000)
    seen = answered(slack, count=pieces)
    first = next(message for message in seen if message.text.startswith("Not saved: "))
    rest = sorted((message for message in seen if message is not first), key=lambda m: m.ts)
    assert "".join(message.text for message in (first, *rest)).endswith(whole)


@ON_BOTH
@pytest.mark.parametrize("odd", ["\x00", "\x07", "\ufffe", "\x85"])
@pytest.mark.parametrize("before", ["", "update ", "open Outage | "])
def test_control_characters_are_refused(say, stored, odd, before):
    revision, _ = stored()
    reply = say(f"{before}text {odd} more")
    assert "Something broke" not in reply.text
    assert "error" not in reply.text
    assert stored() == (revision, 0)


@pytest.mark.parametrize("line", ["open A | Hi <!channel>", "open A | see @ana", "open A | @here"])
def test_a_mention_is_refused_and_the_refusal_mentions_nobody(say, stored, line):
    reply = say(line)
    assert reply.text.startswith("Not saved: ")
    assert not any(live in reply.text for live in ("<!", "<@", "<#"))
    assert stored()[1] == 0


@pytest.mark.parametrize("person", ["gus", "solo", "robo"])
def test_guests_and_bots_are_refused_with_their_text(say, stored, person):
    reply = say(OPEN, person)
    assert reply.text.startswith("Not saved: ")
    assert reply.text.endswith(f"Your text: {OPEN}")
    assert stored()[1] == 0


def test_somebody_of_a_connected_workspace_is_refused(say, slack, stored):
    slack.join("eve", "#incidents")
    reply = say(OPEN, "eve")
    assert "only members of this workspace" in reply.text
    assert stored()[1] == 0


def test_another_channel_is_refused_and_the_right_one_is_named(say, slack, stored):
    slack.join("ana", "#partners")
    reply = say(OPEN, channel="#partners")
    assert reply.text == (
        f"Not saved: this is no incident channel.\nType it in <#C00000INC>.\nYour text: {OPEN}"
    )
    assert stored()[1] == 0


@pytest.mark.parametrize("foreign", ["team_id", "app_id"])
def test_another_workspace_or_app_is_refused(say, slack, stored, foreign):
    if foreign == "team_id":
        slack.workspace.team_id = "T0000OTHER"
    else:
        slack.workspace.app.app_id = "A0000OTHER"
    assert "another workspace or app" in say(OPEN).text
    assert stored()[1] == 0


@pytest.mark.parametrize("line", ["", "list", "show #12", "? open", "PAGE"])
def test_who_may_not_even_look_is_not_told_that_nothing_was_saved(say, line):
    reply = say(line, "gus")
    assert reply.text.startswith("Guests cannot publish.\nAsk a member of the team")


def test_a_command_without_its_id_is_refused_with_its_text(say, slack, stored, monkeypatch):
    real = slack._desk.payloads.command
    monkeypatch.setattr(
        slack._desk.payloads, "command", lambda *args: real(*args) | {"trigger_id": ""}
    )
    reply = say(OPEN)
    assert reply.text.startswith("Not saved: it came without the id")
    assert reply.text.endswith(f"Your text: {OPEN}")
    assert stored()[1] == 0


def test_where_people_are_named_only_they_may(make_bot, slack):
    bot = make_bot(publishers=("S0000RESP",))
    bot.learn()
    bot.listen()
    assert slack.say("ana", "#incidents", f"/incident {OPEN}").text.startswith("Saved")
    refused = slack.say("ben", "#incidents", "/incident update hello")
    assert "not among those who may publish" in refused.text


def test_while_nobody_knows_the_workspace_everything_is_refused(make_bot, slack, stored):
    make_bot().listen()
    reply = slack.say("ana", "#incidents", f"/incident {OPEN}")
    assert reply.text.startswith("Not saved: the bot has just started")
    assert stored()[1] == 0


def test_a_restart_while_slack_is_down_still_knows_the_workspace(bot, make_bot, slack):
    again = make_bot()
    slack.faults.add("auth.test", "html", times=None)
    again.learn()
    assert again.reception.identity.known == bot.reception.identity.known


def test_who_we_are_is_asked_until_slack_answers(make_bot, slack, clock):
    bot = make_bot()
    slack.faults.add("auth.test", "close", times=2)
    heard = []
    for _ in range(4):
        bot.learn()
        heard.append(bot.reception.identity.known is not None)
        clock.pass_by(seconds=5)
    assert heard == [False, False, True, True]
    assert len(slack.called("auth.test")) == 3


def test_a_database_down_at_the_start_keeps_nobody_from_knowing_who_we_are(
    make_bot, database, monkeypatch
):
    bot = make_bot()
    identity = bot.reception.identity
    with monkeypatch.context() as patched:
        patched.setattr(Database, "_transaction", gone)
        assert identity.sync(bot.now())
        assert identity.known.team == "T00000HOME"
        with pytest.raises(LedgerUnavailable):  # the loop logs that, and tries again
            identity.sync(bot.now())
    assert identity.sync(bot.now())
    assert not identity.sync(bot.now())
    with database.read() as ledger:
        assert ledger.slack() == identity.known


def test_several_open_incidents_make_the_bot_ask_and_a_button_saves_once(say, slack, stored):
    say("open Site Outage | We see errors.")
    say("open Slow classes | Classes are slow.")
    question = say("update Better now.")
    assert "Which incident" in question.text
    assert buttons(question) == ["#2 Slow classes", "#1 Site Outage"]
    revision, _ = stored()
    assert slack.click("ana", question, "#1 Site Outage") is None
    slack.wait_for(lambda: question.text.startswith("Saved as #1, update 2"))
    assert question.blocks == []
    assert stored()[0] == revision + 1


@ON_BOTH
def test_a_button_pressed_twice_at_once_saves_once(say, slack, stored):
    say("open Site Outage | We see errors.")
    say("open Slow classes | Classes are slow.")
    question = say("update Better now.")
    revision, _ = stored()
    slack.faults.add("interactive", "twice_at_once")
    slack.click("ana", question, "#1 Site Outage")
    slack.wait_for(lambda: question.text.startswith("Saved as #1, update 2"))
    assert stored()[0] == revision + 1


def still_asks(question):
    return question.text.endswith("Your text: update Better now.") and buttons(question) == [
        "#2 Slow classes",
        "#1 Site Outage",
    ]


def test_somebody_elses_press_is_refused_and_the_question_stays(question, slack, stored):
    revision, _ = stored()
    slack.click("ben", question, "#1 Site Outage")
    assert answered(slack, "ben", 1)[-1].text.startswith("Not saved: that question is gone.")
    assert stored()[0] == revision
    assert still_asks(question)


def test_a_choice_that_is_refused_leaves_the_question_and_another_saves(
    question, say, slack, stored
):
    say("resolve #1 All is well.")
    seen = len(slack.ephemerals("ana"))
    revision, _ = stored()
    slack.click("ana", question, "#1 Site Outage")
    assert answered(slack, count=seen + 1)[-1].text.startswith("Not saved: incident #1 is already")
    assert stored()[0] == revision
    assert still_asks(question)
    slack.click("ana", question, "#2 Slow classes")
    slack.wait_for(lambda: question.text.startswith("Saved as #2, update 2"))
    assert question.blocks == []


def test_a_choice_while_the_ledger_is_away_can_be_made_again(question, slack, stored):
    seen = len(slack.ephemerals("ana"))
    with away():
        slack.click("ana", question, "#1 Site Outage")
        told = answered(slack, count=seen + 1)[-1]
    assert "database does not answer" in told.text
    assert still_asks(question)
    slack.click("ana", question, "#1 Site Outage")
    slack.wait_for(lambda: question.text.startswith("Saved as #1, update 2"))


@pytest.mark.parametrize("flag", ["is_restricted", "is_stranger", "is_bot", "deleted"])
def test_who_may_is_asked_again_for_every_press(question, slack, bot, stored, flag):
    seen = len(slack.ephemerals("ana"))
    revision, _ = stored()
    people = slack.workspace.people
    ana = people["U00000ANA"]
    people[ana.id] = replace(ana, **{flag: True})
    bot.now.pass_by(hours=1)
    bot.learn()
    slack.click("ana", question, "#1 Site Outage")
    assert answered(slack, count=seen + 1)[-1].text.startswith("Not saved")
    assert stored()[0] == revision
    assert still_asks(question)


def test_a_ledger_away_refuses_and_the_button_saves_once_it_is_back(say, slack, stored):
    with away():
        reply = say(OPEN)
        assert reply.text.startswith("Not saved: the database does not answer")
        assert reply.text.endswith(f"Your text: {OPEN}")
        assert stored()[1] == 0
    slack.faults.add("interactive", "duplicate")
    slack.click("ana", reply, "Try again")
    slack.wait_for(lambda: reply.text.startswith("Saved as #1, update 1"))
    assert stored()[1] == 1


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (LedgerUnavailable, "the ledger does not answer"),
        (OutcomeUnknown, "it is not known yet whether a command was saved"),
    ],
)
def test_what_the_ledger_did_to_a_command_is_in_the_log_without_its_text(say, caplog, error, event):
    with away(error):
        say(OPEN)
    (logged,) = [one for one in caplog.records if one.name.startswith("bot.")]
    assert (logged.levelname, logged.message) == ("WARNING", event)
    assert "Site Outage" not in str(vars(logged))


def test_a_bug_is_answered_honestly_and_hands_the_text_back(say, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("bot.commands.run", broken)
    reply = say(OPEN)
    assert reply.text.startswith("Something broke on our side")
    assert "not certain whether it was saved" in reply.text
    assert reply.text.endswith(f"Your text: {OPEN}")
    assert "ZeroDivisionError" in caplog.text


def test_a_bug_behind_a_button_is_acknowledged(say, slack, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError

    say("open Site Outage | We see errors.")
    say("open Slow classes | Classes are slow.")
    question = say("update Better now.")
    monkeypatch.setattr("bot.commands.choose", broken)
    assert slack.click("ana", question, "#1 Site Outage") is None
    assert "ZeroDivisionError" in caplog.text


def test_what_nobody_handles_is_acknowledged(bot, slack, caplog):
    message = slack.say("ana", "#incidents", "hello")
    slack.shortcut("ana", "unknown", message)  # raises DeliveryFailed where it is not
    assert [one for one in caplog.records if one.levelname in {"WARNING", "ERROR"}] == []


def test_the_retry_button_carries_no_more_than_slack_takes(say):
    with away():
        reply = say("open A | " + "x" * 2_500)
    assert buttons(reply) == []
    assert "Type it again" in reply.text


def test_a_forged_button_saves_nothing(say, slack, stored):
    say("open Site Outage | We see errors.")
    say("open Slow classes | Classes are slow.")
    question = say("update Better now.")
    revision, _ = stored()
    element = question.blocks[-1]["elements"][0]
    element["value"] = json.dumps({"key": "T:A:other", "line": "open X | Y", "number": 1})
    slack.click("ana", question, element["text"]["text"])
    slack.wait_for(lambda: "can no longer be used" in question.text)
    assert stored()[0] == revision
