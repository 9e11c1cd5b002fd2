"""Faults on request: which call or delivery goes wrong next, and how.

Three tables say what can go wrong, one line each: `WEB_FAULTS` for calls of the Web API,
`DELIVERY_FAULTS` for what is sent to the app, `SOCKET_FAULTS` for its connections.
"""

import random
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from bot.sandbox.faults.deliveries import DELIVERY_FAULTS
from bot.sandbox.faults.sockets import SOCKET_FAULTS
from bot.sandbox.faults.web import WEB_FAULTS
from bot.sandbox.model.errors import Json

__all__ = ["DELIVERY_FAULTS", "SOCKET_FAULTS", "WEB_FAULTS", "Fault", "Faults"]


@dataclass
class Fault:
    """Happens to the next `times` calls that `where` fits, each with a probability."""

    where: str
    kind: str
    times: int | None
    probability: float
    options: Json = field(default_factory=dict)


class Faults:
    """What is to go wrong."""

    def __init__(self, seed: int | None = None) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._random = random.Random(seed)

    def add(
        self,
        where: str,
        kind: str,
        *,
        times: int | None = 1,
        probability: float = 1.0,
        **options: Any,
    ) -> Fault:
        """`where` is a method or a kind of delivery, or a pattern such as chat.* or *.

        With `times=None` it lasts until `clear`. Raises ValueError for what is in no table.
        """
        if kind not in WEB_FAULTS and kind not in DELIVERY_FAULTS:
            known = ", ".join((*WEB_FAULTS, *DELIVERY_FAULTS))
            raise ValueError(f"there is no fault {kind}; there are {known}")
        fault = Fault(where, kind, times, probability, options)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._faults.clear()

    def take(self, where: str, table: Any) -> Fault | None:
        """The fault that happens to this call, if any."""
        with self._lock:
            for fault in self._faults:
                if fault.kind in table and fnmatchcase(where, fault.where) and self._now(fault):
                    return fault
        return None

    def _now(self, fault: Fault) -> bool:
        if fault.times == 0 or self._random.random() >= fault.probability:
            return False
        if fault.times is not None:
            fault.times -= 1
        return True
