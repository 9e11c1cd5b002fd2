"""From plain text back to what somebody could have typed to have it shown."""

from bot.core.text.as_text import escape_slack, to_plain


def from_plain(plain: str) -> str:
    """Markup that shows this very text; what would be taken for emphasis stands in a code block.

    Where even that cannot hold it, a mark or two of the text may be taken for emphasis.
    """
    typed = escape_slack(plain)
    fenced = f"```\n{typed}\n```"
    return next((each for each in (typed, fenced) if to_plain(each) == plain), typed)
