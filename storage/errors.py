"""What can go wrong between us and the ledger, as callers need to tell it apart."""

from bot.core.errors import Trouble


class LedgerUnavailable(Trouble):
    """The ledger could not be reached, or would not answer in time; nothing was written."""


class OutcomeUnknown(LedgerUnavailable):
    """The connection died while committing: the transaction may or may not have happened."""


class _WithRemedy(Trouble):
    """`remedy` says what to do, and so does str."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class WrongLedger(_WithRemedy):
    """The database is not one this program can use."""


class LedgerGone(_WithRemedy, LedgerUnavailable):
    """There is no ledger where one has been, and none is begun in its place."""
