"""Small Bolt listeners that acknowledge and remember."""

from collections.abc import Callable
from typing import Any


def noting(seen: list[Any], what: str = "body") -> Callable[..., None]:
    """Remembers the body, or the key of it, and acknowledges without a word."""

    def listener(ack, body, payload):
        seen.append(body if what == "body" else payload)
        ack()

    return listener


def keeping(seen: dict[str, Any], what: str = "body") -> Callable[..., None]:
    """The same for one body, as a dictionary."""

    def listener(ack, body, payload):
        seen.update(body if what == "body" else payload)
        ack()

    return listener
