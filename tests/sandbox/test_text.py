"""What people type and apps post is written down as Slack writes it."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import Workspace
from bot.sandbox.model import text as texts

MENTION = Workspace().mention


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("&lt;", "&amp;lt;"),
        ("@ben look", "<@U00000BEN|ben> look"),
        ("@nobody", "@nobody"),
        ("me@ben.org", "me@ben.org"),
        ("#general and #nowhere", "<#C00000GEN|general> and #nowhere"),
        ("#12", "#12"),
        ("#secret", "<#G0000SECR|>"),
        ("@here", "<!here>"),
        ("@responders", "<!subteam^S0000RESP|@responders>"),
        ("see https://example.org/a?b=1&c=2.", "see <https://example.org/a?b=1&amp;c=2>."),
        ("`@ben <x>`", "`@ben &lt;x&gt;`"),
    ],
)
def test_messages(typed, stored):
    assert texts.typed(typed, MENTION) == stored


def command(text, **settings):
    given_settings = {"should_escape": True, "wraps_links": False, **settings}
    return texts.command(text, MENTION, **given_settings)


def test_a_command_keeps_links_as_typed_and_names_become_ids():
    text = " open @ben at #general https://example.org/?a=1&b=2 \n more "
    assert command(text) == (
        "open <@U00000BEN|ben> at <#C00000GEN|general> https://example.org/?a=1&amp;b=2 \n more"
    )


def test_a_command_may_wrap_links_as_the_documentation_says():
    assert command("https://example.org", wraps_links=True) == "<https://example.org>"


def test_without_should_escape_names_stay_names():
    assert command("@ben & #general", should_escape=False) == "@ben &amp; #general"


@given(st.text())
def test_nothing_posted_smuggles_in_a_broadcast(text):
    escaped = html.escape(text, quote=False)
    stored = texts.posted(escaped)
    assert "<!" not in stored
    assert "<@" not in stored


@given(st.text(alphabet="&<>lt;amp@# \nab`", max_size=60))
def test_typed_text_reads_back_as_it_was_typed(text):
    assert html.unescape(texts.typed(text, lambda _name: None)) == text
