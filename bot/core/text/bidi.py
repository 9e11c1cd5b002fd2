"""Characters that turn the direction of what follows them, and could turn a page's own words."""

import re

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # embeddings, overrides, isolates


def turns(text: str) -> bool:
    """True when the text must be isolated from its surroundings."""
    return bool(_TURNING.search(text))


def straight(text: str) -> str:
    """Without those characters, for places where nothing can isolate them."""
    return _TURNING.sub("", text)
