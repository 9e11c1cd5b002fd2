"""Mrkdwn on the local Slack's page: it looks like Slack's, and nothing typed becomes a tag."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.browser.markup import mrkdwn
from bot.sandbox.browser.rich_text import rich_text
from bot.sandbox.model import text as texts

SAFE = 'target="_blank" rel="noopener noreferrer"'
NAMES = {"U1": "ana", "C1": "general", "S1": "responders"}


def html(text):
    return str(mrkdwn(text, lambda identity: NAMES.get(identity, identity)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*b* _i_ ~s~ `c`", "<strong>b</strong> <em>i</em> <s>s</s> <code>c</code>"),
        ("*a _b_*", "<strong>a <em>b</em></strong>"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("```\na *b*\n```", "<pre>a *b*</pre>"),
        ("one\ntwo", "one<br>two"),
        ("&gt; quoted\nnot", "<blockquote>quoted</blockquote>not"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("<script>alert(1)</script>", "script"),
        ("<@U1> <#C1|x> <!here>", None),
        (":duck: :no_such:", "🦆 :no_such:"),
        (
            "<https://example.org/?a=1&amp;b|label>",
            f'<a href="https://example.org/?a=1&amp;b" {SAFE}>label</a>',
        ),
        ("<javascript:alert(1)|label>", "label"),
        ("<JaVa\tscript:alert(1)|label>", "label"),
        ("<data:text/html,x|label>", "label"),
        ("<!date^99999999999999^{date}|then>", "then"),
    ],
)
def test_markup(text, expected):
    if expected is None:
        expected = "".join(
            f'<span class="mention">{name}</span>{blank}'
            for name, blank in (("@ana", " "), ("#general", " "), ("@here", ""))
        )
    if text.startswith("<script"):
        assert "<script" not in html(text)
    else:
        assert html(text) == expected


def test_a_date_has_its_moment():
    shown = html("<!date^1361549400^{date_short} {time}|Feb 22>")
    assert shown.startswith('<time datetime="2013-02-2')
    assert "2013" in shown


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


OURS = {"strong", "em", "s", "code", "pre", "br", "blockquote", "a", "span", "time"}
NASTY = st.text(alphabet="<>&\"'`*_~|!@#:^/ab\n=;t", max_size=80)


@given(NASTY, st.booleans())
def test_nothing_typed_becomes_a_tag_or_an_attribute(text, as_posted):
    parser = Tags()
    parser.feed(html(texts.posted(text) if as_posted else text))
    assert parser.tags <= OURS
    for name, value in parser.attributes:
        assert name in {"href", "target", "rel", "class", "datetime"}
        if name == "href":
            assert (value or "").lower().startswith(("http:", "https:", "mailto:"))


def test_rich_text_is_escaped_too():
    text = {"type": "text", "text": "<b>", "style": {"bold": True}}
    link = {"type": "link", "url": "javascript:alert(1)", "text": "x"}
    section = {"type": "rich_text_section", "elements": [text, link]}
    listed = {"type": "rich_text_list", "style": "bullet", "elements": [section]}
    shown = str(rich_text({"type": "rich_text", "elements": [section, listed]}, str))
    bold = "<strong>&lt;b&gt;</strong>x"
    assert shown == f"<p>{bold}</p><ul><li>{bold}</li></ul>"
