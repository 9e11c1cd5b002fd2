"""Cutting Slack's markup into pieces that fit."""

LONGEST_SECTION = 3_000  # characters, after escaping

_FENCE = "```"
_LONGEST_ENTITY = len("&amp;")


def split_markup(text: str, size: int = LONGEST_SECTION) -> list[str]:
    """Pieces of at most `size` characters: cut at lines or words, never inside an entity or link.

    A fence that is cut is closed, and opened again in the next piece.
    """
    pieces = []
    while len(text) > size:
        at = _cut(text, size - len(_FENCE) - 1)
        piece, text = text[:at], text[at:].removeprefix("\n")
        if piece.count(_FENCE) % 2:
            piece, text = f"{piece}\n{_FENCE}", f"{_FENCE}\n{text}"
        pieces.append(piece)
    return [*pieces, text] if text else pieces


def _cut(text: str, size: int) -> int:
    at = _after_a_word(text, size)
    entity = text.rfind("&", max(at - _LONGEST_ENTITY + 1, 0), at)
    if entity > 0 and ";" not in text[entity:at]:
        at = entity
    link = text.rfind("<", 0, at)
    return link if link > 0 and ">" not in text[link:at] else at


def _after_a_word(text: str, size: int) -> int:
    for mark in ("\n", " "):
        at = text.rfind(mark, size // 2, size)
        if at > 0:
            return at + (mark == " ")
    return size
