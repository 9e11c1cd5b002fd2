"""Plain text becomes markup that shows the same words."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.text import from_plain, to_html, to_plain, to_slack

PIECES = st.sampled_from(
    ["*", "_", "~", "`", "```", "<", ">", "&", "@here", "<!channel>", "https://x.org/a", "- ",
     "1. ", "> ", "\n", "\n\n", " ", "a", "b c", "&amp;", "<@U0ANA>", "("],
)  # fmt: skip


@pytest.mark.parametrize(
    "plain",
    [
        "All is well.",
        "a < b & c > d",
        "*not bold* and _not emphasis_",
        "- one\n- two\n\n> quoted",
        "Our page (https://example.org/a?b=c&d=e) is back.",
        "<!channel> <@U0ANA>",
        "run `rm *` and then `ls *`",
    ],
)
def test_the_words_are_the_same(plain):
    assert to_plain(from_plain(plain)) == plain


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_was_once_shown_is_shown_again(typed):
    plain = to_plain(typed).strip()
    if "```" not in plain:
        assert to_plain(from_plain(plain)) == plain


@given(st.text())
@example("<!channel> <javascript:alert(1)|x>")
def test_nothing_in_it_comes_alive(plain):
    typed = from_plain(plain)
    assert "<script" not in to_html(typed).lower()
    assert "<!" not in to_slack(typed)
    assert "<@" not in to_slack(typed)
