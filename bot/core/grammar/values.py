"""The values of arguments: statuses, impacts and incident numbers."""

import re
from datetime import timedelta

from bot.core.errors import Refusal
from bot.core.grammar.guess import did_you_mean, fold, shown, suggest
from bot.core.status import ComponentStatus, Impact

AS_TEXT = "If it is text, put -- before it."

STATUS_WORDS: dict[ComponentStatus, tuple[str, ...]] = {
    ComponentStatus.OPERATIONAL: ("ok", "up", "operational"),
    ComponentStatus.DEGRADED_PERFORMANCE: ("degraded", "slow", "degraded_performance"),
    ComponentStatus.PARTIAL_OUTAGE: ("partial", "partial_outage"),
    ComponentStatus.MAJOR_OUTAGE: ("down", "outage", "major", "major_outage"),
    ComponentStatus.UNDER_MAINTENANCE: ("maintenance", "under_maintenance"),
}
_STATUSES = {word: status for status, words in STATUS_WORDS.items() for word in words}
_LARGEST = 2_147_483_647  # of the databases' integers
_LENGTH = re.compile(
    r"(?:(?P<days>\d{1,2})d)?(?:(?P<hours>\d{1,3})h)?(?:(?P<minutes>\d{1,4})m(?:in)?)?", re.ASCII
)


def status(word: str) -> ComponentStatus | None:
    """The status a word stands for."""
    return _STATUSES.get(_joined(word))


def like_a_status(word: str) -> str | None:
    """The status word that this is almost."""
    return suggest(_joined(word), _STATUSES)


def read_status(component: str, word: str) -> ComponentStatus:
    if found := status(word):
        return found
    first = ", ".join(words[0] for words in STATUS_WORDS.values())
    raise Refusal(
        f'"{shown(word)}" is no status for {component}.',
        f"{did_you_mean(like_a_status(word))}Statuses: {first}. {AS_TEXT}",
    )


def read_impact(word: str) -> Impact:
    words = [impact.value for impact in Impact]
    if fold(word) in words:
        return Impact(fold(word))
    raise Refusal(
        f'"{shown(word)}" is no impact.',
        f"{did_you_mean(suggest(word, words))}Impacts: {', '.join(words)}. {AS_TEXT}",
    )


def read_length(word: str) -> timedelta:
    """for=: how long it takes; 90min, 2h, 1h30m, 1d."""
    match = _LENGTH.fullmatch(fold(word).replace(" ", ""))
    if match and (length := timedelta(**{k: int(v or 0) for k, v in match.groupdict().items()})):
        return length
    raise Refusal(f'"{shown(word)}" is no length of time.', "Write for=2h, for=90min or for=1h30m.")


def read_number(digits: str) -> int:
    """An incident's number; whether it exists is for the ledger to say."""
    short = len(digits) <= len(str(_LARGEST))
    if not short or not 0 < int(digits) <= _LARGEST:
        raise Refusal(
            f"there is no incident #{shown(digits)}.",
            f"Incidents are numbered from #1. {AS_TEXT}",
        )
    return int(digits)


def _joined(word: str) -> str:
    return re.sub(r"[\s-]+", "_", fold(word))
