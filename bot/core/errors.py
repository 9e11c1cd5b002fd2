"""The one error meant for people: what is wrong, then the remedy. Anything else is a bug."""


class Refusal(Exception):  # noqa: N818 -- it is what happens, not what broke
    """A command that is not carried out; nothing was changed.

    `problem` completes the sentence "Not saved: …"; `remedy` says what to do instead.
    Both are for the author's eyes only.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}".strip()
