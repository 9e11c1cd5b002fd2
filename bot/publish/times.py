"""Times, spans and shares as the page writes them. Feeds and JSON have English, whatever it is."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from bot import words
from bot.words import SOURCE

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TO = "\N{EN DASH}"
DAY, HOUR, MINUTE = UNITS = ("d", "h", "min")  # the same of one and of many, in every language
LESS_THAN_A_MINUTE = "less than a minute"
_DUST = 1e-6  # 0.9998 * 10000 is a little less than 9998
_ALWAYS_UTC = frozenset(
    {"UTC", "UCT", "Zulu", "Universal", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal"}
)


def stamp(moment: datetime, zone: tzinfo) -> str:
    """As the API v2 has it: milliseconds, and the page's offset; Z where that is always UTC."""
    if str(zone) in _ALWAYS_UTC:
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


def utc(moment: datetime) -> str:
    """As feeds have it: UTC, whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def zone_name(zone: str) -> str:
    """The page's zone as the API v2 names it."""
    return "Etc/UTC" if zone in _ALWAYS_UTC else zone


def machine(moment: datetime, zone: tzinfo) -> str:
    """For `datetime` attributes: the page's offset, whole seconds."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def clock(moment: datetime, zone: tzinfo) -> str:
    """11:40 PST."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M} {zone_of(local)}"


def full(moment: datetime, zone: tzinfo, language: str = SOURCE) -> str:
    """Friday, February 22, 2013, 11:40 PST."""
    date_, at = moment.astimezone(zone).date(), clock(moment, zone)
    return f"{day(date_)}, {at}" if language == SOURCE else words.moment(date_, at, language)


def day(date_: date, language: str = SOURCE) -> str:
    """Friday, February 22, 2013."""
    if language != SOURCE:
        return words.day(date_, language)
    return f"{_WEEKDAYS[date_.weekday()]}, {_day_of_month(date_)}, {date_.year}"


def month(date_: date, language: str = SOURCE) -> str:
    """February 2013."""
    if language != SOURCE:
        return words.month(date_.replace(day=1), language)
    return f"{month_name(date_)} {date_.year}"


def month_name(date_: date, language: str = SOURCE) -> str:
    """February."""
    return _MONTHS[date_.month - 1] if language == SOURCE else words.month_name(date_, language)


def short_month(date_: date) -> str:
    """Feb, as feeds write it."""
    return month_name(date_)[:3]


def days(first: date, last: date, language: str = SOURCE) -> str:
    """February 8 - 19, 2013, with a dash; a single day is told in full."""
    if first == last:
        return day(first, language)
    if language != SOURCE:
        return words.days(first, last, language)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_day_of_month(first)} {_TO} {last.day}, {last.year}"
    year = "" if first.year == last.year else f", {first.year}"
    return f"{_day_of_month(first)}{year} {_TO} {_day_of_month(last)}, {last.year}"


def span(lasted: timedelta, language: str = SOURCE) -> str:
    """3 h 30 min, as people say it."""
    minutes = int(lasted.total_seconds()) // 60
    days_, hours = divmod(minutes // 60, 24)
    counts = {DAY: days_, HOUR: hours, MINUTE: 0 if days_ else minutes % 60}
    parts = [f"{count} {words.say(unit, language)}" for unit, count in counts.items() if count]
    return " ".join(parts) or words.say(LESS_THAN_A_MINUTE, language)


def percent(share: float, language: str = SOURCE) -> str:
    """99.98%: never rounded up, so that only what was never down is 100%."""
    hundredths = math.floor(share * 10_000 + _DUST)
    digits = 0 if hundredths % 10_000 == 0 else 2
    if language != SOURCE:
        return words.percent(hundredths / 10_000, digits, language)
    return f"{hundredths / 100:.{digits}f}%"


def listing(names: Sequence[str], language: str = SOURCE) -> str:
    """One, two, three."""
    return ", ".join(names) if language == SOURCE else words.listing(names, language)


def _day_of_month(date_: date) -> str:
    return f"{month_name(date_)} {date_.day}"


def zone_of(local: datetime) -> str:
    """PST; UTC+05 where the zone has no letters of its own."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name
