"""A badge: a label and one word about how it stands, in a box as wide as its text. Pure.

Widths are Verdana's at 11 pixels, as on the badges people know. Another typeface is fitted into
them by the image itself, so that no text leaves its box anywhere.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.core.page import Page, says
from bot.core.status import ComponentStatus
from bot.core.text.bidi import straight

SIZE = 11  # pixels
LONGEST = 220  # pixels of text on either side
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

# Thousandths of the typeface's size, for characters 32 to 126.
_ASCII = (
    352, 394, 459, 818, 636, 1076, 727, 269, 454, 454, 636, 818, 364, 454, 364, 454,
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 454, 454, 818, 818, 818, 545,
    1000, 684, 686, 698, 771, 632, 575, 775, 751, 421, 455, 693, 557, 843, 748, 787,
    603, 787, 695, 684, 616, 732, 684, 989, 685, 615, 685, 454, 454, 454, 818, 636,
    636, 601, 623, 521, 623, 596, 352, 623, 633, 274, 344, 592, 274, 973, 633, 607,
    623, 623, 427, 521, 394, 633, 592, 818, 592, 592, 525, 635, 454, 635, 818,
)  # fmt: skip
_OTHER, _JOINED, _WIDE = 650, 520, 1100  # most letters; Arabic and Hebrew; ideographs and emoji
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf"})


@dataclass(frozen=True)
class Badge:
    """`/badge.svg`, `/components/<slug>/badge.svg`."""

    page: Page = field(metadata=says("The page, as of one revision"))
    label: str = field(metadata=says("Whose status it is, cut to fit"))
    message: str = field(metadata=says("How it stands, in English"))
    status: ComponentStatus = field(metadata=says("Its shape and colour"))
    name: str = field(metadata=says("The label, uncut: for who hears the badge"))
    label_width: int = field(metadata=says("Pixels that the label takes"))
    message_width: int = field(metadata=says("Pixels that the message takes"))


def badge(page: Page, name: str, message: str, status: ComponentStatus) -> Badge:
    """A badge with its label cut to fit; no character in it turns what stands around."""
    said = " ".join(straight(name).split())
    label, word = fit(said, LONGEST), fit(message, LONGEST)
    return Badge(page, label, word, status, said, width(label), width(word))


def width(text: str) -> int:
    """Pixels that the text takes, rounded up."""
    return -(-sum(map(_glyph, text)) * SIZE // 1000)


def fit(text: str, pixels: int) -> str:
    """The text, or as much of its beginning as leaves room for an ellipsis."""
    if width(text) <= pixels:
        return text
    kept = "".join(_beginning(text, pixels * 1000 // SIZE - _glyph(_ELLIPSIS)))
    return kept.rstrip(" \u200d") + _ELLIPSIS


def _beginning(text: str, room: int) -> Iterator[str]:
    for character in text:
        room -= _glyph(character)
        if room < 0:
            return
        yield character


def _glyph(character: str) -> int:
    if " " <= character <= "~":
        return _ASCII[ord(character) - ord(" ")]
    if unicodedata.category(character) in _WITHOUT_WIDTH:
        return 0
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return _JOINED
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER
