"""What Slack answers with `ok: false`."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A Web API error by its documented name; `extra` is what the answer says beside it."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    def answer(self) -> Json:
        """The body, as Slack writes it."""
        return {"ok": False, "error": self.error, **self.extra}
