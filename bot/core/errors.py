"""Errors that are expected; anything else is a bug, and rises."""


class Trouble(Exception):  # noqa: N818 -- a state of the outside, not a mistake of ours
    """Something outside is not as it should be: worth a line in the log, and no traceback."""


class Refusal(Exception):  # noqa: N818 -- it is what happens, not what broke
    """The one error meant for people: a command is not carried out, and nothing was changed.

    `problem` completes the sentence "Not saved: …"; `remedy` says what to do instead.
    Both are for the author's eyes only.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}".strip()
