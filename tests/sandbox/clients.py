"""Handling Slack's own clients."""

import threading
from collections.abc import Callable
from contextlib import suppress

from bot.sandbox import DeliveryFailed, Sandbox


def close(slack: Sandbox, closing: Callable[[], None]) -> None:
    """Close a client, whose receiving thread looks up every 3 s, or when it hears something."""
    thread = threading.Thread(target=closing)
    thread.start()
    owner = closing.__self__  # type: ignore[attr-defined]
    client = getattr(owner, "client", owner)  # a handler's, or the client itself
    while thread.is_alive():
        # Its receiving thread forgets being told to end when that came just as it began.
        client.current_session_state.terminated = True
        for connection in list(slack.sockets.connections):
            with suppress(DeliveryFailed):
                connection.send({"type": "quack"})
        thread.join(0.02)
