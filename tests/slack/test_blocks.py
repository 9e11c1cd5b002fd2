"""Messages fit Slack's limits whatever was typed, and nothing in them calls anybody."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.incident import Author, Incident, Update
from bot.core.page import Page
from bot.core.status import ComponentStatus, Kind, Phase
from bot.slack import blocks
from bot.slack.blocks import Scene, duration
from bot.slack.markup import split_markup

AT = datetime(2013, 2, 22, 8, 10, tzinfo=UTC)
PAGE = Page("p", "Coursera", "https://status.example.com/", "", "UTC", "All our ducks …")
ANA = Author("UANA", "Ana <3")
DOWN = ComponentStatus.MAJOR_OUTAGE
UP = ComponentStatus.OPERATIONAL


def update(number=1, text="We are looking.", phase=Phase.INVESTIGATING, **more):
    at = AT + timedelta(minutes=10 * number)
    facts = {"statuses": {}, "revision": number} | more
    return Update(f"u{number}", number, phase, text, ANA, at, at, **facts)


def scene(*updates, title="Site Outage"):
    incident = Incident("abc", 12, Kind.INCIDENT, title, "C1", ANA, AT, AT, updates or (update(),))
    return Scene(incident, PAGE, {"c1": "course-explorer"})


def texts(message):
    """Every text in a message that Slack reads as markup."""
    found = [message.text]
    for block in message.blocks:
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        found += [part["text"] for part in parts if part and part["type"] == "mrkdwn"]
    return found


def assert_fits(message):
    assert 0 < len(message.text) <= 3_500
    assert 0 < len(message.blocks) <= 50
    for block in message.blocks:
        match block["type"]:
            case "header":
                assert 0 < len(block["text"]["text"]) <= 150
            case "section" if "fields" in block:
                assert len(block["fields"]) <= 10
                assert all(0 < len(field["text"]) <= 2_000 for field in block["fields"])
            case "section":
                assert 0 < len(block["text"]["text"]) <= 3_000
            case "context":
                assert all(0 < len(one["text"]) <= 3_000 for one in block["elements"])


TYPED = st.text(min_size=1, max_size=3_000).filter(str.strip)


@given(text=TYPED, title=st.text(min_size=1, max_size=200))
@example("&" * 3_000, "&" * 200)
@example("<" * 3_000, "<" * 200)
@example("```" + "x\n" * 1_400 + "```", "x")
@example("<!channel> <!here> <@U123> <!subteam^S1> <#C1> @channel", "<!channel>")
@example("<https://example.com/|" + "x" * 2_900 + ">", "x")
def test_every_message_fits_and_calls_nobody(text, title):
    told = update(text=text)
    over = update(2, text, Phase.RESOLVED)
    for message in (
        blocks.root(scene(told, title=title), "https://team.slack.com/archives/C1/p1"),
        blocks.update(scene(told), told),
        blocks.closing(scene(told, over), over),
    ):
        assert_fits(message)
        assert not any(re.search(r"<[@#]|<!(?!date\^)", said) for said in texts(message))


@pytest.mark.parametrize("typed", ["&", "<", "a>", "<&>"])
def test_a_text_that_grows_when_escaped_is_shown_whole(typed):
    whole = typed * (3_000 // len(typed))
    message = blocks.update(scene(told := update(text=whole)), told)
    shown = "".join(said for said in texts(message)[2:])
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == whole


@given(st.text(alphabet="ab &<>;\n`", max_size=400), st.integers(20, 60))
def test_pieces_fit_and_hold_everything_but_cut_line_ends(text, size):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    pieces = split_markup(escaped, size)
    assert all(len(piece) <= size for piece in pieces)
    assert all(piece.count("&") == piece.count(";") - _own(piece) for piece in pieces)
    if "```" not in text:
        assert "".join(pieces).replace("\n", "") == escaped.replace("\n", "")


def _own(piece):
    return len(re.sub(r"&(amp|lt|gt);", "", piece)) - len(
        re.sub(r"&(amp|lt|gt);", "", piece).replace(";", "")
    )


def test_a_link_is_never_cut():
    link = "<https://example.com/a|a label of words>"
    pieces = split_markup(f"{'word ' * 10}{link} after", 60)
    assert any(link in piece for piece in pieces)


def test_the_root_says_what_how_bad_where_since_when_and_who():
    told = update(statuses={"c1": DOWN}, text="We see *errors*.")
    said = "\n".join(texts(blocks.root(scene(told))))
    assert "Investigating" in said
    assert "Critical" in said
    assert "✕ course-explorer: major outage" in said
    assert "<!date^1361521200^{date_long} at {time}|2013-02-22 08:20 UTC>" in said
    assert "Opened by Ana &lt;3" in said
    assert "We see *errors*." in said
    assert "<https://status.example.com/incidents/abc/|On the public page>" in said
    assert "Duration" not in said


def test_the_root_of_a_resolved_incident_says_how_long_it_took():
    said = texts(blocks.root(scene(update(), update(4, "Over.", Phase.RESOLVED))))
    assert "*Duration*\n30 min" in said


def test_the_root_of_a_withdrawn_report_says_so_and_not_what_it_said():
    said = " ".join(texts(blocks.root(scene(update(text="secret", retracted_at=AT)))))
    assert "Withdrawn" in said
    assert "secret" not in said


def test_an_update_says_phase_time_author_changes_and_text():
    first = update(statuses={"c1": DOWN})
    second = update(2, "Back.", Phase.MONITORING, statuses={"c1": UP})
    said = texts(blocks.update(scene(first, second), second))
    assert said[0] == "Monitoring: Back."
    assert said[1].startswith("*Monitoring* · <!date^")
    assert said[1].endswith("Ana &lt;3")
    assert said[2] == "● course-explorer: major outage → operational"
    assert said[3] == "Back."


def test_an_update_says_when_it_was_backdated_or_edited():
    told = replace(update(), created_at=AT + timedelta(hours=1), edited_at=AT)
    byline = texts(blocks.update(scene(told), told))[1]
    assert "typed <!date^" in byline
    assert byline.endswith("edited")


def test_a_retracted_update_says_only_that():
    told = update(text="secret", retracted_at=AT)
    assert texts(blocks.update(scene(told), told)) == [
        "Update 1 was retracted.",
        "_Update 1 was retracted._",
    ]


def test_the_closing_summary_says_how_long_how_much_and_where():
    over = update(4, "Over.", Phase.RESOLVED, statuses={"c1": UP})
    said = texts(blocks.closing(scene(update(statuses={"c1": DOWN}), over), over))[1]
    assert said == (
        "Resolved after 30 min: 2 updates; course-explorer\n"
        "<https://status.example.com/incidents/abc/|On the public page>"
    )


def test_the_closing_summary_takes_itself_back():
    over = update(2, "Over.", Phase.RESOLVED)
    again = update(3, "Back.", Phase.INVESTIGATING)
    assert "was reopened" in blocks.closing(scene(update(), over, again), over).text
    retracted = replace(over, retracted_at=AT)
    assert "was retracted" in blocks.closing(scene(update(), retracted), retracted).text


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=3, minutes=30), "3 h 30 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=2, hours=3, minutes=9), "2 d 3 h"),
        (timedelta(days=2, minutes=9), "2 d"),
    ],
)
def test_durations_are_said_as_people_say_them(length, said):
    assert duration(length) == said


def test_names_are_escaped_exactly_once_in_every_message():
    first = update(statuses={"c1": DOWN})
    last = update(2, phase=Phase.RESOLVED, statuses={"c1": UP})
    told = replace(scene(first, last, title="Q&A"), names={"c1": "R&D <!here>"})
    for message in (blocks.root(told), blocks.update(told, first), blocks.closing(told, last)):
        for said in (text for text in texts(message) if "R&" in text or "Q&" in text):
            assert "&amp;amp;" not in said
            assert "<!here" not in said
    assert blocks.closing(told, last).text.endswith("R&amp;D &lt;!here&gt;")
