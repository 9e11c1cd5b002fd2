"""What can happen on the way to the app."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.inbound.envelope import DeliveryFailed, Envelope, Transport
from bot.sandbox.model.errors import Json


@dataclass(frozen=True)
class Way:
    """A delivery to which a fault happens."""

    transport: Transport
    envelope: Envelope
    seconds: float
    closing: threading.Event
    options: Json

    def go(self) -> Json | None:
        """Deliver it after all; raises DeliveryFailed."""
        return self.transport.deliver(self.envelope, self.seconds)


def _duplicate(way: Way) -> Json | None:
    way.go()
    return way.go()


def _twice_at_once(way: Way) -> Json | None:
    other = threading.Thread(target=_quietly, args=(way,), name="sandbox duplicate")
    other.start()
    try:
        return way.go()
    finally:
        other.join()


def _quietly(way: Way) -> None:
    try:
        way.go()
    except DeliveryFailed:
        return


def _lost(way: Way) -> Json | None:
    way.closing.wait(way.seconds)
    raise DeliveryFailed("operation_timeout")


def _answer_lost(way: Way) -> Json | None:
    way.go()
    raise DeliveryFailed("operation_timeout")


def _delayed(way: Way) -> Json | None:
    """Arrives after what was sent later: reordered."""
    way.closing.wait(float(way.options.get("seconds", 0.5)))
    return way.go()


DELIVERY_FAULTS: dict[str, Callable[[Way], Json | None]] = {
    "duplicate": _duplicate,
    "twice_at_once": _twice_at_once,
    "lost": _lost,
    "answer_lost": _answer_lost,
    "delayed": _delayed,
}
