"""The way to the app, with the faults that happen on it."""

import threading

from bot.sandbox.faults import DELIVERY_FAULTS, Faults
from bot.sandbox.faults.deliveries import Way
from bot.sandbox.inbound.envelope import DEADLINE, DeliveryFailed, Envelope, Kind, Transport
from bot.sandbox.inbound.events import new_id
from bot.sandbox.model.errors import Json


class Delivery:
    """Hands envelopes to the app over whichever transport it uses."""

    def __init__(self, transport: Transport, faults: Faults, closing: threading.Event) -> None:
        self.transport, self._faults, self._closing = transport, faults, closing

    def ask(self, kind: Kind, payload: Json) -> Json | None:
        """The app's answer within three seconds; raises DeliveryFailed."""
        return self.send(Envelope(new_id(), kind, payload), DEADLINE)

    def send(self, envelope: Envelope, seconds: float) -> Json | None:
        """The same for an envelope that exists already; raises DeliveryFailed."""
        if self._closing.is_set():
            raise DeliveryFailed("dispatch_failed", may_retry=False)
        fault = self._faults.take(envelope.kind, DELIVERY_FAULTS)
        if fault is None:
            return self.transport.deliver(envelope, seconds)
        way = Way(self.transport, envelope, seconds, self._closing, fault.options)
        return DELIVERY_FAULTS[fault.kind](way)
