"""The way to the app, with the faults that happen on it."""

import threading

from bot.sandbox.faults import DELIVERY_FAULTS, Faults
from bot.sandbox.faults.deliveries import Way
from bot.sandbox.inbound.envelope import DEADLINE, DeliveryFailed, Envelope, Kind, Transport
from bot.sandbox.inbound.events import new_id
from bot.sandbox.model.errors import Json


class Delivery:
    """Hands envelopes to the app over whichever transport it uses."""

    def __init__(
        self,
        transport: Transport,
        faults: Faults,
        closing: threading.Event,
        deadline: float = DEADLINE,
    ) -> None:
        self.transport, self._faults = transport, faults
        self._closing, self._deadline = closing, deadline

    def ask(self, kind: Kind, payload: Json) -> Json | None:
        """The app's answer within three seconds; raises DeliveryFailed."""
        return self.send(Envelope(new_id(), kind, payload))

    def send(self, envelope: Envelope) -> Json | None:
        """The same for an envelope that exists already; raises DeliveryFailed."""
        seconds = self._deadline
        if self._closing.is_set():
            raise DeliveryFailed("dispatch_failed", may_retry=False)
        fault = self._faults.take(envelope.kind, DELIVERY_FAULTS)
        if fault is None:
            return self.transport.deliver(envelope, seconds)
        way = Way(self.transport, envelope, seconds, self._closing, fault.options)
        return DELIVERY_FAULTS[fault.kind](way)
