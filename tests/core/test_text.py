import re
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.core.text import (
    clean,
    clean_name,
    escape_slack,
    leaks,
    safe_url,
    split_title,
    summary,
    to_html,
    to_line,
    to_plain,
    to_slack,
)

ALLOWED = {
    "a": {"href", "rel"},
    "bdi": set(),
    "blockquote": set(),
    "br": set(),
    "code": set(),
    "del": set(),
    "em": set(),
    "li": set(),
    "ol": {"start"},
    "p": set(),
    "pre": set(),
    "strong": set(),
    "time": {"datetime"},
    "ul": set(),
}
VALUES = {
    "href": re.compile(r"https?://[\w.\[\]:-]+(?:[/?#][^\s\"'<>`\\]*)?|mailto:[\w.+-]+@[\w.-]+"),
    "rel": re.compile("nofollow noopener"),
    "start": re.compile("[0-9]+"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
}

PLAIN_PIECES = [
    "a",
    "Ж",
    "é",
    "e\u0301",
    "👩‍🚒",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "*",
    "_",
    "~",
    "`",
    "```",
]
PLAIN_PIECES += ["- ", "* ", "• ", "1. ", "2. ", "> ", "&gt; ", ">>>", "&amp;", "&lt;", "&amp;lt;"]
PLAIN_PIECES += [
    ".",
    "(",
    ")",
    "|",
    '"',
    "'",
    "{{7*7}}",
    "{% x %}",
    "snake_case",
    "2*3*4",
    "\u202e",
]
TOKEN_PIECES = ["<", ">", "<!channel>", "<!here|here>", "<!subteam^S1|@ops>", "<@U1>", "<@U1|ana>"]
TOKEN_PIECES += [
    "<#C1|incidents>",
    "<https://a.example/x?y=1&amp;z=2|label>",
    "<https://b.example>",
]
TOKEN_PIECES += [
    "https://c.example/a_b_(c)",
    "http://",
    "<mailto:a@b.example|a@b.example>",
    "\x00",
    "\x01",
]
TOKEN_PIECES += [
    "<!date^1392734382^{date}|then>",
    "<javascript:alert(1)|x>",
    "https://d.example/?a=&lt;b",
]
TOKEN_PIECES += [
    "<script>",
    "</title>",
    "<svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "\ud800",
]
TOKEN_PIECES += ["\u2028", "\x85", "\x1b[31m", "\ufffe", "@here", "&lt;!channel&gt;", "\r\n", "\r"]

wordy = st.lists(st.sampled_from(PLAIN_PIECES), max_size=40).map("".join)
marked_up = st.lists(st.sampled_from(PLAIN_PIECES + TOKEN_PIECES), max_size=40).map("".join)
anything = st.one_of(marked_up, st.text(st.characters(exclude_categories=()), max_size=80))


class Page(HTMLParser):
    """Refuses what is not on the list, and what does not nest."""

    def __init__(self):
        super().__init__()
        self.open, self.words, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= ALLOWED[tag]
        for name, value in attrs:
            assert VALUES[name].fullmatch(value), (name, value)
        self.links += [value for name, value in attrs if name == "href"]
        if tag == "br":
            self.words.append("\n")
        else:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def read(html):
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def text_of(html):
    return "".join(read(html).words)


def letters(text):
    return [character for character in text if character.isalpha()]


def decoded(markup):
    return re.sub("&(amp|lt|gt);", lambda m: {"amp": "&", "lt": "<", "gt": ">"}[m[1]], markup)


# What people write


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        (
            "*Site* is _slow_, ~down~",
            "<p><strong>Site</strong> is <em>slow</em>, <del>down</del></p>",
        ),
        ("one\ntwo\n\nthree", "<p>one<br>two</p>\n<p>three</p>"),
        ("_*both*_", "<p><em><strong>both</strong></em></p>"),
        ("run `a &lt; *b*` now", "<p>run <code>a &lt; *b*</code> now</p>"),
        ("see ```x\n *y*``` there", "<p>see </p>\n<pre><code>x\n *y*</code></pre>\n<p> there</p>"),
        ("&gt; said\n> again\nme", "<blockquote><p>said<br>again</p></blockquote>\n<p>me</p>"),
        (
            "Hit:\n• www\n- class\n* api",
            "<p>Hit:</p>\n<ul><li>www</li><li>class</li><li>api</li></ul>",
        ),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("3. a\n5. b", '<ol start="3"><li>a</li></ol>\n<ol start="5"><li>b</li></ol>'),
        ("&gt; - a\n&gt; - b", "<blockquote><ul><li>a</li><li>b</li></ul></blockquote>"),
        (
            "<https://a.example/?x&amp;y|in>",
            '<p><a href="https://a.example/?x&amp;y" rel="nofollow noopener">in</a></p>',
        ),
        (
            "<!date^1361523600^{date} at {time}|earlier>",
            '<p><time datetime="2013-02-22T09:00:00Z">2013-02-22 09:00 UTC</time></p>',
        ),
        ("all our ducks :duck:", "<p>all our ducks :duck:</p>"),
        ("", ""),
        (" \n\n ", ""),
    ],
)
def test_markup_becomes_the_html_it_means(markup, html):
    assert to_html(markup) == html


@pytest.mark.parametrize(
    "words",
    [
        "snake_case_name and __init__",
        "2*3*4 = 24, 5 * 3 * 2",
        "**not Slack's bold**",
        "a * b",
        "f(*args, **rest)",
        "it`s and that`s",
        "~/bin and ~/lib",
        "12:30 - 13:00",
        "-5 degrees",
        "1.5 times",
        "{{7*7}} {% raw %} ${x} %s",
        "![image](x) [link](y)",
        "an_unclosed *mark",
        "caf\u0065\u0301*x*",
    ],
)
def test_ordinary_characters_survive_as_they_are(words):
    assert to_html(words) == f"<p>{words.replace(chr(39), '&#x27;')}</p>"
    assert to_plain(words) == words
    assert to_slack(words) == words


def test_entities_are_decoded_exactly_once():
    assert to_plain("&amp;lt;b&amp;gt; &lt;b&gt; &amp;amp; &quot;") == "&lt;b&gt; <b> &amp; &quot;"
    assert to_html("&amp;lt;b&amp;gt;") == "<p>&amp;lt;b&amp;gt;</p>"
    assert to_slack("&amp;lt; &amp; &lt;") == "&amp;lt; &amp; &lt;"


def test_the_nearest_opening_mark_is_the_one_that_closes():
    assert to_html("2 *3 and *bold* x") == "<p>2 *3 and <strong>bold</strong> x</p>"
    assert to_html("*a _b* c_") == "<p><strong>a _b</strong> c_</p>"


def test_emphasis_does_not_reach_across_lines():
    assert to_html("*a\nb*") == "<p>*a<br>b*</p>"


def test_emphasis_may_hold_a_link():
    html = to_html("*<https://a.example|in>*")
    assert html.startswith("<p><strong><a ")
    assert html.endswith(">in</a></strong></p>")


def test_a_plain_text_shows_where_links_go():
    markup = "<https://a.example/x|log in>, <https://a.example>, <http://b.example|b.example>"
    assert to_plain(markup) == "log in (https://a.example/x), https://a.example, http://b.example"
    assert to_plain("<mailto:a@b.example|a@b.example>") == "a@b.example"
    assert to_plain("<mailto:a@b.example|write>") == "write (mailto:a@b.example)"


def test_a_label_that_poses_as_another_address_is_shown_with_the_true_one():
    markup = "<https://evil.example|https://good.example>"
    assert to_plain(markup) == "https://good.example (https://evil.example)"


def test_plain_text_keeps_the_shape_of_lists_quotes_and_code():
    assert to_plain("Hit:\n• www\n• api\n\n> said\n\n```x\ny```") == (
        "Hit:\n- www\n- api\n\n> said\n\nx\ny"
    )


@pytest.mark.parametrize(
    ("markup", "shown", "after"),
    [
        ("see https://a.example/x.", "https://a.example/x", "."),
        ("(https://a.example/x)", "https://a.example/x", ")"),
        ("https://a.example/x_(y), then", "https://a.example/x_(y)", ", then"),
        ("HTTPS://a.example?!", "HTTPS://a.example", "?!"),
        ("*https://a.example/_next/_x*", "https://a.example/_next/_x", ""),
        ("“https://a.example”", "https://a.example", "”"),
    ],
)
def test_an_address_typed_bare_is_linked_without_the_sentence_around_it(markup, shown, after):
    html = to_html(markup)
    assert f">{shown}</a>" in html
    assert text_of(html).endswith(shown + after)
    assert len(read(html).links) == 1


def test_an_address_inside_code_or_a_word_is_not_linked():
    assert (
        read(to_html("`https://a.example` xhttps://b.example ```https://c.example```")).links == []
    )


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVa\tscript:alert(1)",
        " https://a.example",
        "https://a.example/a b",
        "https://a.example/\x00",
        "https://a.example/\u202egpj.exe",
        "https://a.example/\u200b",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//a.example",
        "/x",
        "https:a.example",
        "https:/a.example",
        "https:///a.example",
        "https://",
        "https://:80",
        "https://user@a.example",
        "https://user:word@a.example/",
        "https://good.example\\@evil.example",
        "https://a.example:port",
        "https://a.example:99999",
        "https://[::1",
        "https://a%2eexample",
        "https://a.ex\u2100mple",
        "https://" + "ä" * 300,
        "mailto:",
        "mailto:x",
        "mailto:a@b.example?bcc=c@d.example",
        "mailto:a%0ab@c.example",
        "",
    ],
)
def test_an_address_that_is_not_plainly_web_or_mail_stays_text(url):
    assert safe_url(url) is None
    links = read(to_html(f"<{escape_slack(url)}|x>")).links
    assert url not in links
    assert all(safe_url(link) == link for link in links)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("HTTPS://A.example:8443/x?y#z", "https://A.example:8443/x?y#z"),
        ("http://127.0.0.1/", "http://127.0.0.1/"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("https://a.example/\"'<>|", "https://a.example/%22%27%3C%3E%7C"),
        ("http://a.example/%%30%", "http://a.example/%25%30%25"),
        ("https://\u0430pple.example", "https://xn--pple-43d.example"),
        ("mailto:a.b+c@d.example", "mailto:a.b+c@d.example"),
        ("MailTo:a@d.example", "mailto:a@d.example"),
    ],
)
def test_a_safe_address_cannot_end_what_holds_it_or_pose_as_another(url, safe):
    assert safe_url(url) == safe
    assert safe_url(safe) == safe


@given(st.text(st.sampled_from("htps:/\\@.a1\"'<>|[]%#?\t\n \u0430javcrimlo"), max_size=30))
def test_whatever_is_let_through_has_an_allowed_form(tail):
    for url in (tail, f"https://{tail}", f"mailto:{tail}"):
        safe = safe_url(url)
        assert safe is None or VALUES["href"].fullmatch(safe)


# Hostile input


@given(anything)
def test_any_input_makes_only_the_listed_elements(markup):
    html = to_html(markup)
    read(html)
    html.encode()


@given(wordy)
def test_every_letter_survives_in_html_and_plain_text(markup):
    expected = letters(decoded(markup))
    assert letters(text_of(to_html(markup))) == expected
    assert letters(to_plain(markup)) == expected


@given(anything)
def test_nothing_sent_to_slack_is_live_but_links(markup):
    sent = to_slack(markup)
    assert re.fullmatch(
        r"[^<>]*(?:(?:<(?:https?://|mailto:)[^<>]+>|^>)[^<>]*)*", sent, re.MULTILINE
    )
    sent.encode()


@given(anything)
def test_what_was_sent_to_slack_would_be_sent_the_same_again(markup):
    # What becomes words may join the word beside it, which moves where emphasis can begin.
    markup = re.sub("(<[!@#][^<>]*>)", r" \1 ", markup)
    sent = to_slack(markup)
    assert to_slack(sent) == sent
    assert letters(to_plain(sent)) == letters(to_plain(markup))


@given(anything)
def test_a_direction_turned_in_a_text_is_turned_nowhere_else(markup):
    turning = re.compile("[\u202a-\u202e\u2066-\u2069]")
    assert not turning.search(to_plain(markup) + to_slack(markup) + to_line(markup))
    assert not turning.search(re.sub("<bdi>[^<]*</bdi>", "", to_html(markup)))


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<svg onload=alert(1)>",
        "</title><h1>",
        '<https://a.example/" onclick="alert(1)|x>',
        "<https://a.example|<script>alert(1)</script>>",
        "`</code><script>`",
        "<!--",
        "]]>",
        "<!date^1^x|<b>>",
        "<!date^99999999999^x|y>",
        "<!date^x^y|z>",
        "&amp;lt;script&amp;gt;",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
        "\u202etxt.exe",
        "👩‍👩‍👧‍👦 🏳️‍🌈",
        "\x00\x01\x07\x1b[31m",
        "\ud800",
    ],
)
def test_known_tricks_stay_text(markup):
    read(to_html(markup))
    assert "<script" not in to_html(markup)
    assert not re.search("<[!@#]", to_slack(markup))


def test_a_mention_keeps_what_it_is_and_loses_whom_it_names():
    markup = "<@U1|ana> <@U2> <!subteam^S1|@ops> <#C1|incidents> <!here> <!channel|x>"
    shown = "@someone @someone @group #channel @here @channel"
    assert to_plain(markup) == to_slack(markup) == shown
    assert to_html(markup) == f"<p>{shown}</p>"


def test_text_that_only_looks_like_a_mention_goes_out_inert():
    assert to_slack("<@ana> &lt;!channel&gt; `<!here>`") == (
        "&lt;@ana&gt; &lt;!channel&gt; `&lt;!here&gt;`"
    )
    assert escape_slack("<!channel> & co") == "&lt;!channel&gt; &amp; co"


HOSTILE = [
    "*",
    "_*~",
    "*a ",
    "<",
    ">",
    "> ",
    "`",
    "```",
    "```a",
    "<a",
    "<@U",
    "&lt;",
    "&",
    "(",
    "\n",
]
HOSTILE += [
    "https://a.example/)",
    "https://",
    "“",
    '"',
    "|",
    "- ",
    "1. a\n",
    "*a _b ~c ",
    "\u202e",
    "@here",
]


def steps(function, markup):
    """How many lines of Python run: the measure of work that no busy machine disturbs."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(markup)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("function", [to_html, to_plain, to_slack, to_line, leaks, split_title])
def test_twice_the_input_is_no_more_than_twice_the_work(function, piece):
    once, twice = steps(function, piece * 200), steps(function, piece * 400)
    assert twice <= 2 * once + 100


@pytest.mark.parametrize("piece", HOSTILE)
def test_forty_thousand_hostile_characters_are_read(piece):
    markup = (piece * 40_000)[:40_000]
    read(to_html(markup))
    assert len(to_slack(markup)) < 8 * len(markup)
    assert len(to_plain(markup)) < 8 * len(markup)
    assert len(summary(markup, 100)) <= 100
    assert len(leaks(markup)) <= 1
    split_title(markup)


# Summaries and titles


def test_a_summary_is_one_line_cut_after_a_word():
    markup = "*Site* is down.\n\n- We are <https://a.example|looking> into it."
    assert summary(markup, 200) == "Site is down. - We are looking (https://a.example) into it."
    assert summary("We are looking into it", 14) == "We are…"
    assert summary("We are looking", 14) == "We are looking"
    assert summary("abcdefgh", 5) == "abcd…"


@given(anything, st.integers(1, 60))
def test_a_summary_is_never_longer_than_its_limit(markup, limit):
    short = summary(markup, limit)
    assert len(short) <= limit
    assert "\n" not in short


def test_a_title_as_a_line_has_no_markup_left():
    typed = "*Site* &amp; <http://a.example|a.example> `down`"
    assert to_line(typed) == "Site & a.example down"
    assert to_line("- 1. x_y_z") == "- 1. x_y_z"


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Site outage | We look", ("Site outage", "We look")),
        ("Site outage\nWe | look", ("Site outage", "We | look")),
        ("A | b | c", ("A", "b | c")),
        ("A | b\nc", ("A", "b\nc")),
        ("<https://a.example|a> down | We look", ("<https://a.example|a> down", "We look")),
        ("`a|b` fails | We look", ("`a|b` fails", "We look")),
        ("```a|b``` fails | We look", ("```a|b``` fails", "We look")),
        ('"a|b" fails | We look', ('"a|b" fails', "We look")),
        ("“a|b” fails | We look", ("“a|b” fails", "We look")),
        ('5" disk | We look', ('5" disk', "We look")),
        ("it`s | We look", ("it`s", "We look")),
        ("a < b | c", ("a < b", "c")),
        ("| text", ("", "text")),
        ("title |", ("title", "")),
        ("no bar at all", None),
    ],
)
def test_a_title_ends_at_the_first_bar_that_is_not_inside_something(line, parts):
    assert split_title(line) == parts


@given(anything)
def test_a_split_loses_only_the_separator(line):
    parts = split_title(line)
    if parts is None:
        assert "\n" not in line
    else:
        assert line.strip().startswith(parts[0])
        assert line.strip().endswith(parts[1])


# Before it is stored


def test_a_clean_text_is_as_typed_but_for_its_edges_and_line_endings():
    assert clean(" \n a\r\nb\rc\t &amp; *d* \n", limit=50, what="text") == "a\nb\nc\t &amp; *d*"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\r\nb\x07", "the text holds a control character (U+0007) at position 4."),
        ("\x00", "the text holds a control character (U+0000) at position 1."),
        ("a\x9b", "the text holds a control character (U+009B) at position 2."),
        ("a\ud83d", "the text holds half a character (U+D83D) at position 2."),
        ("\uffff", "the text holds a code that is no character (U+FFFF) at position 1."),
        ("", "the text is empty."),
        (" \u200b\u202e\n", "the text is empty."),
        ("a" * 3412, "the text is too long: 3,412 characters; at most 3,000 fit."),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_with_the_reason(text, problem):
    with pytest.raises(Refusal) as refusal:
        clean(text, limit=3000, what="text")
    assert refusal.value.problem == problem


def test_a_text_of_exactly_the_limit_fits():
    assert clean("ä" * 3000 + " ", limit=3000, what="text") == "ä" * 3000


@given(anything)
def test_cleaning_again_changes_nothing(text):
    try:
        once = clean(text, limit=60, what="text")
    except Refusal:
        return
    assert clean(once, limit=60, what="text") == once


def test_a_name_is_one_line_in_its_own_direction():
    assert clean_name(" Site \u202eoutage\u2069 ", limit=20, what="title") == "Site outage"
    for name in ("a\nb", "a\rb", "a\u2028b"):
        with pytest.raises(Refusal, match="the title has more than one line"):
            clean_name(name, limit=20, what="title")


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<@U1|ana> in <#C1|incidents>", ("@ana", "#incidents")),
        ("<@U1> <@W2> <#C1|> <#G1>", ("@U1", "@W2", "#C1", "#G1")),
        ("<!subteam^S1|@ops> <!subteam^S2>", ("@ops", "@S2")),
        ("<!here> <!channel|channel> <!everyone>", ("@here", "@channel", "@everyone")),
        ("_@here_ (@Channel), @everyone!", ("@here", "@Channel", "@everyone")),
        ("`<@U1>` ```<!here>```", ("@U1", "@here")),
        ("&lt;@U1|ana&gt;", ("@ana",)),
        ("<@U1|ana> and <@U1|ana>", ("@ana",)),
        ("ops@here.example, everyone here, @hereby, https://a.example/@channel", ()),
        ("List<@NonNull>, <https://a.example|a>, #12, #incidents", ()),
    ],
)
def test_what_a_text_names_of_the_inside_is_found(markup, found):
    assert leaks(markup) == found
