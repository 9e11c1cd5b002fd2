"""What the program lets be watched: each part says what happened, to whoever was passed in."""


class Observer:
    """Is told what happened, in the thread where it did; this one keeps nothing.

    No text, no person and no secret is ever told: only words of our own, errors of a known kind,
    targets' addresses and seconds.
    """

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        """Somebody's command was answered, so long after it was received."""

    def committed(self, seconds: float) -> None:
        """A transaction that wrote was committed, after so long in COMMIT."""

    def rendered(self, target: str, seconds: float) -> None:
        """What one change made due was rendered for a target."""

    def published(self, target: str, seconds: float, delay: float) -> None:
        """It was written there within `seconds`, `delay` after the change was told."""

    def called(self, method: str, outcome: str) -> None:
        """Slack was called: ok, no_effect, ambiguous or refused."""

    def failed(self, step: str) -> None:
        """A step of a loop failed, and will be tried again."""

    def turned(self, *, held: bool) -> None:
        """This process found that it has the loop's turn, or has not."""


NOBODY = Observer()
