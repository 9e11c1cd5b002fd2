"""Mistakes in how a target is written, made on purpose: the harness has to see each of them."""

from typing import Any

import obstore

_PROBE = ".duckrow/probe-"  # that finds out whether the store honours conditions: it does


def unconditional_put() -> None:
    """Puts ask for no condition, as in most examples of how to write to S3."""
    real = obstore.put

    def put(store: Any, path: str, body: bytes, **said: Any) -> Any:
        if not path.startswith(_PROBE):
            said.pop("mode")
        return real(store, path, body, **said)

    obstore.put = put  # type: ignore[assignment]
