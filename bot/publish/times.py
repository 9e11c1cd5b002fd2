"""Times and spans as the page and its feeds write them, in English."""

from datetime import UTC, date, datetime, timedelta, tzinfo

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TO = "\N{EN DASH}"
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


def full(moment: datetime, zone: tzinfo) -> str:
    """Friday, February 22, 2013, 11:40 PST."""
    return f"{day(moment.astimezone(zone).date())}, {clock(moment, zone)}"


def day(date_: date) -> str:
    """Friday, February 22, 2013."""
    return f"{_WEEKDAYS[date_.weekday()]}, {_day_of_month(date_)}, {date_.year}"


def month(date_: date) -> str:
    """February 2013."""
    return f"{month_name(date_)} {date_.year}"


def month_name(date_: date) -> str:
    return _MONTHS[date_.month - 1]


def short_month(date_: date) -> str:
    """Feb, as feeds write it."""
    return month_name(date_)[:3]


def days(first: date, last: date) -> str:
    """February 8 - 19, 2013, with a dash; a single day is told in full."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_day_of_month(first)} {_TO} {last.day}, {last.year}"
    year = "" if first.year == last.year else f", {first.year}"
    return f"{_day_of_month(first)}{year} {_TO} {_day_of_month(last)}, {last.year}"


def span(lasted: timedelta) -> str:
    """3 h 30 min, as people say it."""
    minutes = int(lasted.total_seconds()) // 60
    days_, hours = divmod(minutes // 60, 24)
    said = [(days_, "d"), (hours, "h"), (0 if days_ else minutes % 60, "min")]
    return " ".join(f"{count} {unit}" for count, unit in said if count) or "less than a minute"


def _day_of_month(date_: date) -> str:
    return f"{month_name(date_)} {date_.day}"


def zone_of(local: datetime) -> str:
    """PST; UTC+05 where the zone has no letters of its own."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name
