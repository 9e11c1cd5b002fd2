"""The channel is told: one message per incident, each update once and in order, come what may."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.slack import blocks
from bot.slack.announcer import Announcer
from bot.slack.client import Client
from bot.slack.events import Events
from storage.deliveries import DeliveryKind
from storage.errors import LedgerUnavailable
from tests.slack.conftest import ON_BOTH
from tests.support.telling import cause

LINES = (
    "open www=down class=down Site Outage | We see errors.",
    "update class=ok Classes are back.",
    "identified www=partial A failover landed on broken hardware.",
    "monitoring A third machine took over.",
    "resolve All is well.",
)


@pytest.fixture
def tell(say):
    """Type several lines at once."""

    def type_lines(*lines):
        for line in lines:
            assert say(line).text.startswith("Saved"), line

    return type_lines


@pytest.fixture
def channel(slack):
    """What #incidents shows: each root with the texts of its thread."""

    def look():
        roots = slack.messages("#incidents")
        texts = [root.text for root in roots]
        assert len(set(texts)) == len(texts), "an incident has two messages"
        return {
            root.text: [reply.text for reply in slack.thread("#incidents", root)] for root in roots
        }

    return look


def shown(message):
    """All that a message shows."""
    parts = [message.text]
    for block in message.blocks:
        found = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        parts += [each["text"] for each in found if each]
    return "\n".join(parts)


def root(slack):
    (only,) = slack.messages("#incidents")
    return only


STORY = {
    "#1 Site Outage: Resolved. All is well.": [
        "Investigating: We see errors.",
        "Investigating: Classes are back.",
        "Identified: A failover landed on broken hardware.",
        "Monitoring: A third machine took over.",
        "Resolved: All is well.",
        "Resolved after less than a minute: 5 updates; www, class",
    ]
}


@ON_BOTH
def test_the_whole_story_is_one_message_and_its_thread(tell, bot, channel):
    tell(*LINES)
    bot.announce()
    assert channel() == STORY


def test_the_same_story_told_line_by_line_ends_the_same(tell, bot, channel):
    for line in LINES:
        tell(line)
        bot.announce()
    assert channel() == STORY


@ON_BOTH
def test_telling_again_changes_nothing_and_asks_nothing(tell, bot, slack):
    tell(*LINES)
    bot.announce()
    before = len(slack.calls)
    assert bot.announce() == 0
    assert len(slack.calls) == before


def test_one_update_costs_two_calls(tell, bot, slack):
    tell(LINES[0])
    bot.announce()
    before = len(slack.calls)
    tell(LINES[1])
    bot.announce()
    assert [call.method for call in slack.calls[before:]] == ["chat.update", "chat.postMessage"]


def test_a_backlog_edits_the_root_once(tell, bot, slack):
    tell(LINES[0])
    bot.announce()
    tell(*LINES[1:])
    bot.announce()
    assert len(slack.called("chat.update")) == 1


def test_the_root_shows_phase_components_and_the_public_page(tell, bot, slack):
    tell(LINES[0])
    bot.announce()
    said = shown(root(slack))
    assert "✕ www: major outage" in said
    assert "<http://127.0.0.1:8000/incidents/" in said
    assert "Opened by ana" in said


def test_nothing_unfurls_and_nothing_is_parsed(tell, bot, slack):
    tell(*LINES[:2])
    bot.announce()
    for call in slack.called("chat.postMessage"):
        assert call.arguments["unfurl_links"] == call.arguments["unfurl_media"] == "false"
        assert call.arguments["parse"] == "none"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script> {{7*7}}", "&lt;!channel&gt;", "&" * 550, "a <b> & c"]
)
def test_what_was_typed_is_inert(tell, bot, slack, text):
    tell(f"open Odd {text[:30]} | {text}")
    bot.announce()
    for message in (root(slack), *slack.thread("#incidents", root(slack))):
        said = shown(message).replace(f"#1 Odd {text[:30]}\n", "")  # a header is plain text
        assert "<!" not in said.replace("<!date^", "")
        assert "<script" not in said


def test_an_edit_edits_the_message_and_a_retraction_rewrites_it(tell, bot, channel):
    tell(*LINES[:2])
    bot.announce()
    tell("edit Classes are almost back.")
    bot.announce()
    assert channel()["#1 Site Outage: Investigating. Classes are almost back."] == [
        "Investigating: We see errors.",
        "Investigating: Classes are almost back.",
    ]
    tell("retract")
    bot.announce()
    assert channel() == {
        "#1 Site Outage: Investigating. We see errors.": [
            "Investigating: We see errors.",
            "Update 2 was retracted.",
        ]
    }


def test_a_withdrawn_report_says_so(tell, bot, channel):
    tell(LINES[0], "retract #1")
    bot.announce()
    assert channel() == {"#1 Site Outage: Withdrawn. This report was withdrawn.": []}


def test_reopening_takes_the_summary_back(tell, bot, channel):
    tell(LINES[0], LINES[-1])
    bot.announce()
    tell("reopen #1 www=down It is back.", "resolve #1 Over now.")
    bot.announce()
    (thread,) = channel().values()
    assert thread[2] == "It was not over: the incident was reopened."
    assert thread[-1].startswith("Resolved after")
    assert len(thread) == 6


def test_a_new_title_is_shown(tell, bot, channel):
    tell(LINES[0])
    bot.announce()
    tell("rename Home page outage")
    bot.announce()
    assert list(channel()) == ["#1 Home page outage: Investigating. We see errors."]


def test_several_incidents_have_a_message_each(tell, bot, channel):
    tell(LINES[0], "open Slow classes | Classes are slow.", "update #1 More.")
    bot.announce()
    assert sorted(channel().values(), key=len) == [
        ["Investigating: Classes are slow."],
        ["Investigating: We see errors.", "Investigating: More."],
    ]


def test_an_incident_typed_elsewhere_is_told_in_the_first_channel(bot, tell, database, channel):
    tell(LINES[0])
    with database.telling(cause()) as ledger:
        one = ledger.incident(1)
        update = replace(one.updates[0], id="elsewhere002", statuses={})
        ledger.open(replace(one, id="elsewhere001", channel="", updates=(update,)))
    bot.announce()
    assert len(channel()) == 2


def test_messages_to_one_channel_are_a_second_apart(tell, slack, database, clock):
    with Client(slack.bot_token, slack.api_url) as client:
        paced = Announcer(database, client, ["C00000INC"])
        paced.sync(clock())
        tell(*LINES[:3])
        began = clock()
        for tenths, posts in ((0, 1), (8, 1), (12, 2), (20, 2), (25, 3), (40, 4), (60, 4)):
            paced.sync(began + timedelta(seconds=tenths / 10))
            assert len(slack.called("chat.postMessage")) == posts


def test_a_clock_that_is_set_back_keeps_nobody_waiting(tell, slack, database, clock):
    with Client(slack.bot_token, slack.api_url) as client:
        paced = Announcer(database, client, ["C00000INC"])
        paced.sync(clock())
        tell(*LINES[:3])
        began = clock()
        paced.sync(began)
        paced.sync(began - timedelta(hours=1))
        assert len(slack.called("chat.postMessage")) == 2


def test_a_message_that_was_begun_by_a_clock_an_hour_ahead_is_found(bot, tell, slack, clock):
    tell(LINES[0])
    clock.pass_by(hours=1)
    slack.faults.add("chat.postMessage", "close_done", times=1)
    bot.announce()
    clock.pass_by(hours=-1)
    bot.announce()
    assert len(slack.messages("#incidents")) == 1


# --- deleted ---------------------------------------------------------------------------------


@ON_BOTH
def test_a_deleted_root_is_posted_again_with_a_link_and_later_updates_go_below(
    tell, bot, slack, channel
):
    tell(*LINES[:2])
    bot.announce()
    old = root(slack)
    slack.delete(old)
    slack.wait_for(lambda: bot.announce() or slack.messages("#incidents"))
    tell(LINES[2])
    bot.announce()
    new = root(slack)
    assert new.ts != old.ts
    link = slack.called("chat.getPermalink")[-1].arguments["message_ts"]
    assert link == slack.thread("#incidents", old)[-1].ts
    assert "|Earlier updates>" in shown(new)
    assert [reply.text for reply in slack.thread("#incidents", new)] == [
        "Identified: A failover landed on broken hardware."
    ]
    assert len(slack.thread("#incidents", old)) == 2


def test_a_deletion_nobody_heard_of_is_noticed_at_the_next_update(tell, bot, slack):
    tell(LINES[0])
    bot.announce()
    slack.workspace.app.events = ()
    slack.delete(root(slack))
    tell(LINES[1])
    bot.announce()
    assert "Classes are back" in root(slack).text


def test_a_deletion_that_the_ledger_could_not_note_is_heard_once_more(
    tell, bot, slack, database, monkeypatch
):
    tell(LINES[0])
    bot.announce()

    def away_once(**limits: Any) -> None:
        monkeypatch.undo()
        away(**limits)

    monkeypatch.setattr(database, "write", away_once)
    slack.delete(root(slack))
    slack.wait_for(lambda: bot.announce() or slack.messages("#incidents"))
    assert root(slack).text == "#1 Site Outage: Investigating. We see errors."


def test_the_deletion_of_our_own_message_is_heard(tell, bot, slack):
    """Bolt would drop an event whose previous message is our bot's: that rule is off."""
    tell(LINES[0])
    bot.announce()
    heard: list[dict[str, Any]] = []
    slack.workspace.listeners.append(heard.append)
    bot.woken.clear()
    slack.delete(slack.thread("#incidents", root(slack))[0])
    assert bot.woken.wait(5)
    (event,) = heard
    assert (event["subtype"], event["previous_message"]["user"]) == ("message_deleted", "U00000BOT")


def test_the_tombstone_of_a_root_with_a_thread_is_heard(tell, bot, slack):
    tell(LINES[0])
    bot.announce()
    heard: list[dict[str, Any]] = []
    slack.workspace.listeners.append(heard.append)
    bot.woken.clear()
    slack.delete(root(slack))
    assert bot.woken.wait(5)
    assert [event["subtype"] for event in heard] == ["message_changed"]
    bot.announce()
    assert root(slack).text == "#1 Site Outage: Investigating. We see errors."


@pytest.mark.parametrize("error", ["cant_update_message", "message_not_found"])
def test_a_root_that_is_only_a_tombstone_is_posted_again(tell, bot, slack, error):
    tell(LINES[0])
    bot.announce()
    old = root(slack)
    slack.faults.add("chat.update", "error", error=error)
    tell(LINES[1])
    bot.announce()
    assert [m.text for m in slack.messages("#incidents") if m is not old] == [
        "#1 Site Outage: Investigating. Classes are back."
    ]


def test_where_nothing_may_be_edited_the_root_alone_is_posted_again(tell, bot, slack, database):
    tell(*LINES[:2])
    bot.announce()
    slack.faults.add("chat.update", "error", error="cant_update_message", times=None)
    posts = len(slack.called("chat.postMessage"))
    tell("edit Another text.")
    bot.announce()
    assert len(slack.called("chat.postMessage")) == posts + 1
    with database.read() as ledger:
        assert ledger.deliveries.untold() == ()


def test_a_root_that_is_deleted_at_the_last_moment_is_posted_again(
    tell, bot, slack, database, monkeypatch
):
    tell(LINES[0])

    def delete():
        gone = {"subtype": "message_deleted", "deleted_ts": root(slack).ts, "channel": "C00000INC"}
        assert Events(database).heard(gone)

    standing_still_before(monkeypatch, bot.announcer, "_told", delete)
    bot.announce_through_trouble()
    assert len(slack.messages("#incidents")) == len(["still there, in this test", "anew"])


def test_a_deleted_update_stays_deleted(tell, bot, slack):
    tell(*LINES[:2])
    bot.announce()
    slack.delete(slack.thread("#incidents", root(slack))[0])
    tell("retract", "edit Another text.")
    bot.announce()
    assert [m.text for m in slack.thread("#incidents", root(slack))] == ["Update 2 was retracted."]


def test_somebody_elses_deleted_message_is_nothing_to_us(bot, slack, tell):
    tell(LINES[0])
    bot.announce()
    slack.delete(slack.say("ana", "#incidents", "hello"))
    assert bot.announce() == 0


# --- trouble ---------------------------------------------------------------------------------

DONE_UNHEARD = ["close_done", "reset_done", "html_done", "truncate"]
NOT_DONE = ["close", "reset", "html", "ratelimited"]


@pytest.mark.parametrize("fault", [*DONE_UNHEARD, *NOT_DONE])
@pytest.mark.parametrize("times", [1, 3])
def test_every_message_is_there_once_though_posts_fail(tell, bot, channel, fault, times):
    tell(*LINES)
    bot.slack.faults.add("chat.postMessage", fault, times=times)
    bot.announce_through_trouble()
    assert channel() == STORY


@pytest.mark.parametrize("error", ["fatal_error", "internal_error"])
def test_an_error_that_may_have_had_its_effect_doubles_nothing(tell, bot, slack, channel, error):
    tell(*LINES)
    slack.faults.add("chat.postMessage", "error_done", times=2, error=error)
    bot.announce_through_trouble()
    assert channel() == STORY


@pytest.mark.parametrize("fault", [*DONE_UNHEARD, *NOT_DONE])
def test_edits_are_repeated_until_they_work(tell, bot, slack, channel, fault):
    tell(LINES[0])
    bot.announce()
    tell(*LINES[1:])
    slack.faults.add("chat.update", fault, times=3)
    bot.announce_through_trouble()
    assert channel() == STORY


@ON_BOTH
def test_with_three_calls_in_ten_failing_every_update_is_there_once_in_order(
    tell, bot, slack, channel
):
    for fault in (*DONE_UNHEARD, *NOT_DONE):
        for method in ("chat.*", "conversations.*"):
            slack.faults.add(method, fault, times=None, probability=0.045)
    for number in range(1, 4):
        tell(f"open www=down Outage {number} | We see errors.")
        tell(*(f"update #{number} Text {text}." for text in range(12)))
    bot.announce_through_trouble(rounds=400)
    texts = [f"Investigating: Text {text}." for text in range(12)]
    assert channel() == {
        f"#{number} Outage {number}: Investigating. Text 11.": [
            "Investigating: We see errors.",
            *texts,
        ]
        for number in range(1, 4)
    }


def test_a_post_that_hangs_is_looked_for_before_it_is_sent_again(tell, bot, slack, monkeypatch):
    monkeypatch.setitem(Client.call.__kwdefaults__, "within", 1.5)
    tell(*LINES[:2])
    slack.faults.add("chat.postMessage", "slow", seconds=4)
    bot.announce()
    slack.wait_for(lambda: slack.called("chat.postMessage"))
    assert len(slack.called("chat.postMessage")) == 1
    bot.now.pass_by(seconds=6)  # the clock goes on meanwhile, and at 12 it would look
    bot.announce()
    assert len(slack.called("chat.postMessage")) == 1
    bot.announce_through_trouble()
    assert len(slack.messages("#incidents")) == 1
    assert len(slack.called("chat.postMessage")) == 3


@ON_BOTH
def test_a_restart_between_posting_and_storing_doubles_nothing(
    tell, bot, make_bot, database, channel
):
    tell(*LINES)
    bot.announce()
    with database.write() as ledger:  # as it is after a crash right behind the post
        for one in ledger.deliveries.of(ledger.incident(1).id):
            ledger.deliveries.save(replace(one, ts=None, version=0))
        ledger.deliveries.tell_again(ledger.incident(1).id)
    again = make_bot()
    again.announce_through_trouble()
    assert channel() == STORY


def test_a_message_of_somebody_else_with_our_id_is_not_adopted(tell, bot, slack, channel, database):
    tell(LINES[0])
    slack.faults.add("chat.postMessage", "close", times=1)
    bot.announce()
    with database.read() as ledger:
        (begun,) = ledger.deliveries.of(ledger.incident(1).id)
    spoof = slack.say("ben", "#incidents", "fake")
    spoof.metadata = {
        "event_type": "duckrow",
        "event_payload": {"delivery": begun.id, "version": 9},
    }
    bot.announce_through_trouble()
    assert len(channel()) == 2
    with database.read() as ledger:
        assert ledger.deliveries.of(ledger.incident(1).id)[0].ts != spoof.ts


def test_a_duplicate_that_turns_up_later_is_taken_away(tell, bot, slack, channel):
    tell(LINES[0])
    slack.faults.add("chat.postMessage", "close_done")
    slack.faults.add("conversations.history", "lag", seconds=600)
    bot.announce_through_trouble()
    assert len(slack.messages("#incidents")) == 2
    bot.now.pass_by(minutes=6)
    bot.announce()
    assert channel() == {
        "#1 Site Outage: Investigating. We see errors.": ["Investigating: We see errors."]
    }


@pytest.mark.parametrize("where", ["conversations.history", "chat.delete"])
def test_a_duplicate_is_taken_away_though_slack_fails_meanwhile(tell, bot, slack, channel, where):
    slack.faults.add("chat.postMessage", "close_done")
    slack.faults.add("conversations.history", "lag", seconds=60)
    tell(*LINES)
    bot.announce_through_trouble()
    assert len(slack.messages("#incidents")) == 2
    slack.faults.add(where, "html", times=2)
    for _ in range(8):
        bot.now.pass_by(minutes=3)
        bot.announce()
    assert channel() == STORY


@pytest.fixture
def newcomer(slack, database):
    """The announcer of another process, which is about to take the turn."""
    client = Client(slack.bot_token, slack.api_url)
    yield Announcer(database, client, ["C00000INC"], pace=timedelta())
    client.close()


@pytest.fixture
def another(bot, newcomer):
    """The announcer of another process, which believes that it has the turn."""
    newcomer.sync(bot.now())
    return newcomer


def standing_still_before(monkeypatch, where, what, meanwhile):
    """A process that stops right before its first call of `what`, while others go on."""
    real = getattr(where, what)

    def stand_still(*args, **kwargs):
        monkeypatch.setattr(where, what, real)
        meanwhile()
        return real(*args, **kwargs)

    monkeypatch.setattr(where, what, stand_still)


@ON_BOTH
def test_who_stood_still_posts_nothing_that_another_has_posted(
    tell, bot, another, channel, monkeypatch
):
    tell(*LINES)
    poster = bot.announcer._poster
    standing_still_before(monkeypatch, poster, "_begin", lambda: another.sync(bot.now()))
    bot.announce_through_trouble()
    assert channel() == STORY


def test_who_takes_the_turn_leaves_alone_what_is_being_posted(
    tell, bot, newcomer, channel, monkeypatch
):
    tell(*LINES)
    client = bot.announcer._poster._client
    standing_still_before(monkeypatch, client, "call", lambda: newcomer.sync(bot.now()))
    bot.announce_through_trouble()
    assert channel() == STORY


def test_who_stood_still_for_long_sends_nothing_at_all(tell, bot, another, slack, monkeypatch):
    monkeypatch.setitem(Client.call.__kwdefaults__, "within", 1.0)
    tell(LINES[0])

    def settle_and_post():
        time.sleep(1.1)
        bot.now.pass_by(minutes=1)
        another.sync(bot.now())

    standing_still_before(monkeypatch, bot.announcer._poster._client, "call", settle_and_post)
    bot.announce_through_trouble()
    assert len(slack.called("chat.postMessage")) == len(["the root", "its first update"])


def test_a_post_that_failed_after_another_made_it_is_not_made_again(
    tell, bot, another, slack, monkeypatch
):
    tell(LINES[0])

    def settle_and_post():
        bot.now.pass_by(minutes=1)
        another.sync(bot.now())
        slack.faults.add("chat.postMessage", "ratelimited", seconds=1)

    standing_still_before(monkeypatch, bot.announcer._poster._client, "call", settle_and_post)
    bot.announce_through_trouble()
    tell(LINES[1])
    bot.announce_through_trouble()
    assert root(slack).text == "#1 Site Outage: Investigating. Classes are back."


def test_an_edit_that_comes_late_is_put_right(tell, bot, another, slack, monkeypatch):
    tell(LINES[0])
    bot.announce()
    tell(LINES[1])

    def go_on():
        tell(LINES[2])
        another.sync(bot.now())

    standing_still_before(monkeypatch, bot.announcer._poster._client, "call", go_on)
    bot.announce_through_trouble()
    assert root(slack).text.startswith("#1 Site Outage: Identified.")


def test_a_busy_channel_does_not_hide_a_message(tell, bot, slack):
    slack.workspace.app.most_messages = 15  # whatever is asked for: some apps are kept so short
    tell(LINES[0])
    slack.faults.add("chat.postMessage", "close_done")
    bot.announce()
    for number in range(40):
        slack.say("ben", "#incidents", f"talk {number}")
    bot.announce_through_trouble()
    assert len(slack.called("chat.postMessage")) == 2
    assert len(slack.called("conversations.history")) > 1


def test_a_slack_that_refuses_long_pages_is_asked_for_short_ones(tell, bot, slack):
    app = slack.workspace.app
    app.most_messages, app.refuses_more = 15, True
    tell(LINES[0])
    slack.faults.add("chat.postMessage", "close_done")
    bot.announce()
    for number in range(40):
        slack.say("ben", "#incidents", f"talk {number}")
    bot.announce_through_trouble()
    assert len(slack.called("chat.postMessage")) == 2
    asked = [call.arguments["limit"] for call in slack.called("conversations.history")]
    assert asked == ["200", "15", "15", "15"]


def test_arguments_that_are_wrong_for_another_reason_are_no_matter_of_the_limit(tell, bot, slack):
    tell(LINES[0])
    slack.faults.add("chat.postMessage", "close_done")
    slack.faults.add("conversations.history", "error", error="invalid_arguments", times=2)
    bot.announce_through_trouble()
    assert len(slack.called("chat.postMessage")) == 2
    asked = [call.arguments["limit"] for call in slack.called("conversations.history")]
    assert asked == ["200", "15", "200"]


def test_a_rate_limit_is_kept_to(tell, bot, slack):
    tell(LINES[0])
    slack.faults.add("chat.postMessage", "ratelimited", seconds=20)
    bot.announce()
    bot.now.pass_by(seconds=18)
    bot.announce()
    assert len(slack.called("chat.postMessage")) == 1
    bot.now.pass_by(seconds=3)
    bot.announce()
    assert len(slack.messages("#incidents")) == 1


def test_while_slack_is_down_calls_get_rarer_and_then_all_is_told(tell, bot, slack, channel):
    tell(*LINES)
    slack.faults.add("chat.*", "html", times=None)
    for _ in range(120):
        bot.announce()
        bot.now.pass_by(seconds=1)
    assert len(slack.calls) < 80
    slack.faults.clear()
    bot.announce_through_trouble()
    assert channel() == STORY


def test_a_slack_that_cannot_be_reached_is_asked_ever_less(tell, bot, slack, channel):
    tell(*LINES)
    with slack.down():
        for _ in range(30):
            bot.announce()
            bot.now.pass_by(seconds=1)
    bot.announce_through_trouble()
    assert channel() == STORY


@pytest.mark.parametrize("trouble", ["is_archived", "not_in_channel", "channel_not_found"])
def test_a_channel_that_will_not_have_us_stops_nobody_else(make_bot, slack, database, trouble):
    bot = make_bot(channels=("C00000GEN", "C00000INC"))
    bot.learn()
    bot.announce()
    bot.listen()
    general = slack.workspace.channel("#general")
    if trouble != "not_in_channel":
        slack.join("duckrow", "#general")
    for line in ("open Site Outage | We see errors.", "update #1 More."):
        slack.say("ana", "#general", f"/incident {line}")
    general.is_archived = trouble == "is_archived"
    if trouble == "channel_not_found":
        general.is_private, general.members = True, {"U00000ANA"}
    slack.say("ana", "#incidents", "/incident open Slow classes | Classes are slow.")
    bot.announce()
    assert len(slack.messages("#incidents")) == 1
    with database.read() as ledger:
        assert [one.error for one in ledger.deliveries.of(ledger.incident(1).id)] == [trouble]
        assert ledger.deliveries.untold() == (1,)
    before = len(slack.calls)
    for _ in range(50):
        bot.announce()
        bot.now.pass_by(seconds=1)
    assert len(slack.calls) == before
    general.is_archived = general.is_private = False
    general.members |= {"U00000BOT"}
    bot.announce_through_trouble()
    assert [root.text for root in slack.messages("#general")] == [
        "#1 Site Outage: Investigating. More."
    ]
    with database.read() as ledger:
        assert {one.error for one in ledger.deliveries.of(ledger.incident(1).id)} == {None}


def test_an_incident_slack_refuses_for_a_reason_of_its_own_keeps_no_other_waiting(say, bot, slack):
    slack.faults.add("chat.postMessage", "error", error="some_new_error")
    say("open Site Outage | We see errors.")
    say("open Slow classes | Classes are slow.")
    bot.announce()
    assert [one.text for one in slack.messages("#incidents")] == [
        "#2 Slow classes: Investigating. Classes are slow."
    ]
    bot.announce_through_trouble()
    assert len(slack.messages("#incidents")) == 2


def test_an_answer_that_does_not_say_where_the_message_is_doubles_nothing(tell, bot, slack):
    slack.faults.add("chat.postMessage", "body_done", body='{"ok": true}')
    tell(LINES[0])
    bot.announce_through_trouble()
    assert len(slack.messages("#incidents")) == 1


def test_a_message_slack_will_not_have_is_marked_and_the_next_goes_on(
    tell, bot, slack, database, monkeypatch
):
    tell(LINES[0])
    bot.announce()
    tell("update This one.", "update The next one.")
    slack.faults.add("chat.postMessage", "error", error="invalid_blocks")
    bot.announce()
    texts = [message.text for message in slack.thread("#incidents", root(slack))]
    assert texts == ["Investigating: We see errors.", "Investigating: The next one."]
    with database.read() as ledger:
        marked = {one.error for one in ledger.deliveries.of(ledger.incident(1).id)}
        assert marked == {None, "invalid_blocks"}
        assert ledger.deliveries.untold() == ()


def test_a_root_that_may_no_longer_be_edited_does_not_stop_its_thread(tell, bot, slack):
    tell(LINES[0])
    bot.announce()
    slack.faults.add("chat.update", "error", error="edit_window_closed", times=None)
    tell(LINES[1])
    bot.announce()
    assert len(slack.thread("#incidents", root(slack))) == 2


def test_one_incident_that_breaks_the_announcer_stops_nobody_else(
    tell, bot, slack, database, monkeypatch
):
    tell(LINES[0], "open Slow classes | Classes are slow.")
    real = blocks.root

    def breaking(scene, old_thread=""):
        if scene.incident.number == 1:
            raise ZeroDivisionError
        return real(scene, old_thread)

    monkeypatch.setattr(blocks, "root", breaking)
    with pytest.raises(ZeroDivisionError):
        bot.announce()
    bot.announce()
    assert [one.text for one in slack.messages("#incidents")] == [
        "#2 Slow classes: Investigating. Classes are slow."
    ]


def test_an_incident_goes_on_as_soon_as_the_ledger_is_back(tell, bot, slack, database, monkeypatch):
    tell(LINES[0])
    monkeypatch.setattr(database, "write", away)
    with pytest.raises(LedgerUnavailable):
        bot.announce()
    monkeypatch.undo()
    bot.announce()
    assert root(slack).text.startswith("#1 Site Outage")


def away(**_limits: Any) -> None:
    raise LedgerUnavailable("the database does not answer")


def test_nothing_is_posted_before_we_know_ourselves(tell, make_bot, slack, database, bot):
    tell(LINES[0])
    with database.write() as ledger:
        ledger.remember_slack(type(ledger.slack())())
    assert make_bot().announce() == 0
    assert slack.called("chat.postMessage") == []


def test_every_delivery_is_on_the_books(tell, bot, database, slack):
    tell(*LINES)
    bot.announce()
    with database.read() as ledger:
        deliveries = ledger.deliveries.of(ledger.incident(1).id)
    assert [one.kind for one in deliveries] == [
        DeliveryKind.ROOT,
        *[DeliveryKind.UPDATE] * 5,
        DeliveryKind.CLOSING,
    ]
    on_books = {(one.id, one.ts) for one in deliveries}
    thread = slack.thread("#incidents", root(slack))
    assert on_books == {
        (message.metadata["event_payload"]["delivery"], message.ts)
        for message in (root(slack), *thread)
    }
