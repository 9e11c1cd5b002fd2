"""Rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from bot.sandbox.blockkit.objects import URL
from bot.sandbox.blockkit.shape import (
    Check,
    array,
    boolean,
    number,
    one_of,
    shape,
    string,
    typed,
)

ID = string(255)
STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
STYLED = {"style": STYLE}
EPOCH = number(0, 10**11)

INLINE: dict[str, Check] = {
    "text": shape({"text": string(12_000)}, STYLED),
    "link": shape({"url": URL}, {"text": string(3000), "unsafe": boolean, **STYLED}),
    "emoji": shape({"name": ID}, {"unicode": ID, "skin_tone": number(1, 6), **STYLED}),
    "user": shape({"user_id": ID}, STYLED),
    "usergroup": shape({"usergroup_id": ID}, STYLED),
    "channel": shape({"channel_id": ID}, STYLED),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, STYLED),
    "color": shape({"value": ID}),
    "date": shape({"timestamp": EPOCH, "format": ID}, {"url": URL, "fallback": string(3000)}),
}
LINE = {"elements": array(typed(INLINE, "element"), 1000, 0)}
SECTION: Check = shape(LINE)
BORDER = {"border": number(0, 1)}

PARTS: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_preformatted": shape(LINE, {**BORDER, "language": ID}),
    "rich_text_quote": shape(LINE, BORDER),
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": array(typed({"rich_text_section": SECTION}, "element"), 1000),
        },
        {**BORDER, "indent": number(0, 8), "offset": number(0, 1000)},
    ),
}
RICH_TEXT = {"elements": array(typed(PARTS, "element"), 1000, 0)}
VALUE = typed({"rich_text": shape(RICH_TEXT)}, "text")
