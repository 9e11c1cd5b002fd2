"""Composition objects: https://docs.slack.dev/reference/block-kit/composition-objects."""

from bot.sandbox.blockkit.shape import (
    Check,
    array,
    boolean,
    one_of,
    shape,
    string,
    typed,
)

LONGEST_ID = string(255)
URL = string(3000)


def plain(longest: int) -> Check:
    """A plain_text object."""
    return typed({"plain_text": shape({"text": string(longest)}, {"emoji": boolean})}, "text")


def any_text(longest: int) -> Check:
    """A plain_text or mrkdwn object."""
    mrkdwn = shape({"text": string(longest)}, {"verbatim": boolean})
    words = shape({"text": string(longest)}, {"emoji": boolean})
    return typed({"plain_text": words, "mrkdwn": mrkdwn}, "text")


def option(text: Check, **more: Check) -> Check:
    """One choice; its value comes back when it is chosen."""
    return shape({"text": text, "value": string(150)}, {"description": plain(75), **more})


CONFIRM = shape(
    {"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
PLAIN_OPTION = option(plain(75))
ANY_OPTION = option(any_text(75))
GROUP = shape({"label": plain(75), "options": array(PLAIN_OPTION, 100)})
FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
DISPATCH = shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}
)
