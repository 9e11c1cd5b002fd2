"""The local Slack in a real browser, with a toy bot attached."""

import json
import re

import pytest
from playwright.sync_api import expect

from bot.sandbox import Sandbox, Scenario, Workspace
from bot.sandbox.scenario import Step

DAY = Scenario(
    "Replay the day",
    "A day in two steps.",
    "#incidents",
    (Step("ana", "/incident open Site Outage"), Step("ben", "/incident update #{number} Slow")),
)
MODAL = {
    "type": "modal",
    "callback_id": "update",
    "title": {"type": "plain_text", "text": "Update"},
    "submit": {"type": "plain_text", "text": "Publish"},
    "blocks": [
        {
            "type": "input",
            "block_id": "text",
            "label": {"type": "plain_text", "text": "Public text"},
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        }
    ],
}


def root_blocks(title):
    button = {
        "type": "button",
        "action_id": "write",
        "text": {"type": "plain_text", "text": "Write an update"},
    }
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{title}*"}},
        {"type": "actions", "elements": [button]},
    ]


@pytest.fixture
def slack(tmp_path):
    (tmp_path / ".duckrow").mkdir()
    workspace = Workspace(rate_limits=False)
    with Sandbox(workspace, public_folder=tmp_path, scenario=DAY, pause=0.05) as sandbox:
        yield sandbox


@pytest.fixture
def publish(tmp_path):
    def write(revision, headline):
        (tmp_path / "index.html").write_text(f"<h1>{headline}</h1>")
        (tmp_path / ".duckrow/revision.json").write_text(json.dumps({"revision": revision}))

    write(1, "All our ducks are in a row.")
    return write


@pytest.fixture
def toy(connected, slack):
    """Opens a thread for `open`, writes into it for `update`, opens a modal for its button."""
    state: dict[str, str] = {}

    @connected.command("/incident")
    def command(ack, command, client):
        word, _, rest = command["text"].partition(" ")
        channel = command["channel_id"]
        if word == "open":
            blocks = root_blocks(rest)
            state["root"] = client.chat_postMessage(channel=channel, text=rest, blocks=blocks)["ts"]
        elif word == "update":
            client.chat_postMessage(channel=channel, text=rest, thread_ts=state["root"])
        ack(f"Saved as #12: {command['text']}")

    @connected.action("write")
    def write(ack, body, client):
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        ack()

    @connected.view("update")
    def submitted(ack, view, body, client):
        text = view["state"]["values"]["text"]["text"]["value"]
        if "vague" in text:
            return ack(response_action="errors", errors={"text": "Too vague."})
        client.chat_postMessage(channel="C00000INC", text=text, thread_ts=state["root"])
        return ack()

    @connected.event("message")
    def heard():
        """Nothing to do."""


@pytest.fixture
def window(tab, slack, toy, publish):
    """The page, opened as Ana; whatever it complains about fails the test."""
    complaints: list[str] = []
    logged: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda message: logged.append(message.text))
    tab.goto(f"{slack.url}/sandbox/")
    yield tab
    assert complaints == []
    assert [text for text in logged if "Content Security" in text] == []


def say(window, text):
    field = window.get_by_label("Message to #incidents")
    field.fill(text)
    field.press("Enter")


def lines(window):
    return window.locator("[data-region=messages] .line")


def test_a_command_is_typed_and_answered_to_its_author_only(window):
    say(window, "/incident list <b>")
    expect(window.get_by_text("Saved as #12: list <b>")).to_be_visible()
    expect(window.get_by_text("Only visible to you")).to_be_visible()
    window.get_by_role("link", name="Ben").click()
    expect(window.get_by_text("Nothing was said here yet.")).to_be_visible()


def test_several_lines_are_typed_with_shift_enter(window, slack):
    field = window.get_by_label("Message to #incidents")
    field.fill("one")
    field.press("Shift+Enter")
    field.press_sequentially("two")
    field.press("Enter")
    expect(lines(window)).to_have_count(1)
    assert slack.messages("#incidents")[0].text == "one\ntwo"
    expect(field).to_have_value("")


def test_a_thread_opens_and_is_replied_to(window, slack):
    say(window, "/incident open Site Outage")
    expect(window.get_by_text("Saved as #12: open Site Outage")).to_be_visible()
    say(window, "/incident update Slow")
    window.get_by_role("link", name="1 reply").click()
    thread = window.get_by_role("region", name="Thread").first
    expect(thread.get_by_text("Slow")).to_be_visible()
    window.wait_for_load_state()  # until then nobody hears the Enter
    reply = window.get_by_label("Reply in the thread")
    reply.fill("thanks")
    reply.press("Enter")
    expect(thread.get_by_text("thanks")).to_be_visible()
    root = slack.messages("#incidents")[0]
    assert [message.text for message in slack.thread("#incidents", root)] == ["Slow", "thanks"]


def test_a_button_opens_a_modal_and_the_modal_is_submitted(window, slack):
    say(window, "/incident open Site Outage")
    expect(lines(window)).to_have_count(2)  # what comes later takes a pressed button's place
    window.get_by_role("button", name="Write an update").click()
    dialog = window.get_by_role("dialog")
    publish = dialog.get_by_role("button", name="Publish")
    publish.click()
    expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    dialog.get_by_label("Public text").fill("vague")
    publish.click()
    expect(dialog.get_by_text("Too vague.")).to_be_visible()
    dialog.get_by_label("Public text").fill("We found it.\n\nA fix is out.")
    publish.click()
    expect(dialog).not_to_be_visible()
    root = slack.messages("#incidents")[0]
    assert slack.thread("#incidents", root)[0].text == "We found it.\n\nA fix is out."


def test_a_modal_is_closed_with_escape(window, slack):
    say(window, "/incident open Site Outage")
    expect(lines(window)).to_have_count(2)  # what comes later takes a pressed button's place
    window.get_by_role("button", name="Write an update").click()
    expect(window.get_by_role("dialog")).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.get_by_role("dialog")).not_to_be_visible()
    assert slack.modal("ana") is None


def test_a_message_can_be_deleted(window, slack):
    say(window, "hello")
    line = lines(window).first
    line.hover()
    line.get_by_role("button", name="Delete").click()
    expect(window.get_by_text("Nothing was said here yet.")).to_be_visible()
    assert slack.messages("#incidents") == []


def test_what_others_say_appears_by_itself(window, slack):
    slack.say("ben", "#incidents", "hello from Ben")
    expect(window.get_by_text("hello from Ben")).to_be_visible()


def test_what_is_typed_is_not_lost_when_something_else_happens(window, slack):
    field = window.get_by_label("Message to #incidents")
    field.fill("half a sentence")
    slack.say("ben", "#incidents", "hello")
    expect(lines(window)).to_have_count(1)
    expect(field).to_have_value("half a sentence")


def test_the_public_page_stands_beside_it_and_follows(window, publish):
    frame = window.frame_locator("[data-public]")
    expect(frame.get_by_text("All our ducks are in a row.")).to_be_visible()
    with window.expect_response("**/.duckrow/revision.json") as seen:
        pass  # it looks every now and then
    seen.value.finished()
    publish(2, "Partial System Outage")
    expect(frame.get_by_text("Partial System Outage")).to_be_visible()


def test_the_day_is_replayed_once_and_its_thread_stands_beside_it(window, slack):
    window.get_by_role("button", name="Replay the day").click()
    expect(window.get_by_text("All 2 typed.")).to_be_visible()
    said = [call.arguments.get("thread_ts") for call in slack.called("chat.postMessage")]
    assert len(said) == 2
    assert said[0] is None


def test_a_permalink_shows_the_thread(window, slack, client):
    say(window, "/incident open Site Outage")
    expect(lines(window)).to_have_count(2)
    root = slack.messages("#incidents")[0]
    link = client.chat_getPermalink(channel="C00000INC", message_ts=root.ts)["permalink"]
    window.goto(link)
    expect(window.get_by_role("heading", name="Thread")).to_be_visible()
    expect(window).to_have_url(re.compile("thread="))


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(window, width):
    window.set_viewport_size({"width": width, "height": 740})
    say(window, "/incident open " + "q" * 400)
    expect(lines(window)).to_have_count(2)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert window.evaluate(wide) is False


def test_one_sees_whether_the_bot_is_there(window, slack):
    expect(window.get_by_text("The bot is here")).to_be_visible()
    for connection in list(slack.sockets.connections):
        slack.sockets.forget(connection)
    slack.say("ben", "#incidents", "hello")
    expect(window.get_by_text("Waiting for the bot")).to_be_visible()
