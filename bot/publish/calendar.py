"""`/calendar.ics`: every maintenance as an event that readers' calendars subscribe to (RFC 5545).

An event keeps its UID for good, and its SEQUENCE is the revision of its last change, which only
rises. What is called off or withdrawn stays, as CANCELLED, so that it leaves no calendar in doubt.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from bot.core.incident import Incident
from bot.core.maintenance import window
from bot.core.shown import as_shown
from bot.publish import addresses, words
from bot.publish.site import API_INCIDENTS, Site
from bot.words import say

CONTENT_TYPE = "text/calendar; charset=utf-8"
_YEAR = timedelta(days=366)
_SECOND = timedelta(seconds=1)  # the least that two times of the format are apart
_LONGEST = 75  # octets of a line, without its end
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,"})
_CONTROLS = dict.fromkeys(
    (*range(9), *range(10, 32), 127, *range(0xD800, 0xE000)), "\N{REPLACEMENT CHARACTER}"
)
_HEAD = (
    "VERSION:2.0",
    "PRODID:-//Duckrow//Duckrow//EN",
    "CALSCALE:GREGORIAN",
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    "X-PUBLISHED-TTL:PT1H",  # the same for those who read it before it was a standard
)
# A calendar must hold at least one component; this one changes nothing.
_EMPTY = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "TZNAME:UTC",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def calendar(site: Site, _key: str) -> str:
    """What is planned and running, and the past year's, the newest fifty of them."""
    events = [line for one in _maintenances(site) for line in _event(site, one)]
    name = f"{site.page.name}: {say('Maintenance', site.page.language)}"
    named = (f"NAME:{text(name)}", f"X-WR-CALNAME:{text(name)}")
    revision = f"X-DUCKROW-REVISION:{site.page.revision}"
    lines = ("BEGIN:VCALENDAR", *_HEAD, *named, revision, *(events or _EMPTY), "END:VCALENDAR")
    return "".join(folded(line) for line in lines)


def _maintenances(site: Site) -> list[Incident]:
    every = {one.id: one for one in (*site.maintenances, *site.withdrawn_maintenances)}
    recent = [one for one in every.values() if window(one)[1] > site.as_of - _YEAR]
    recent.sort(key=lambda one: (one.scheduled_for, one.number), reverse=True)
    waiting = [one for one in recent if one.is_open]
    over = [one for one in recent if not one.is_open]
    return [*waiting, *over[:API_INCIDENTS]]


def _event(site: Site, told: Incident) -> Iterator[str]:
    page, one = site.page, as_shown(told)
    begins, ends = appointed(one, site.as_of)
    names = [site.names[component] for component in one.statuses]
    yield "BEGIN:VEVENT"
    yield f"UID:{one.id}@{addresses.host(page.url)}"
    yield f"DTSTAMP:{_utc(one.updated_at)}"
    yield f"CREATED:{_utc(one.created_at)}"
    yield f"LAST-MODIFIED:{_utc(one.updated_at)}"
    yield f"SEQUENCE:{one.revision}"
    yield f"DTSTART:{_utc(begins)}"
    yield f"DTEND:{_utc(ends)}"
    for name, said in {"SUMMARY": one.title, "DESCRIPTION": _newest(one)}.items():
        yield f"{name}:{text(say(said, page.language) if told.is_withdrawn else said)}"
    if names:
        yield f"CATEGORIES:{','.join(map(text, names))}"
    yield f"URL:{addresses.incident(page.url, one.id)}"
    yield f"STATUS:{'CANCELLED' if told.is_withdrawn or one.is_cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"  # readers are not busy while it is worked
    yield "END:VEVENT"


def appointed(one: Incident, now: datetime) -> tuple[datetime, datetime]:
    """From when to when it stands in a calendar: as it was planned, until it really began or ended.

    The end is later than the beginning, as RFC 5545 (3.8.2.2) wants it.
    """
    begins, ends = window(one)
    if one.began_at is None:
        return begins, ends
    really_ends = one.ended_at or max(ends, now)
    return one.began_at, max(really_ends, one.began_at + _SECOND)


def _newest(one: Incident) -> str:
    return words.plain(one.standing[-1].text)


def text(value: str) -> str:
    """A value of type TEXT: escaped, its lines apart, without what no calendar can hold."""
    lines = (line.translate(_CONTROLS).translate(_ESCAPES) for line in _lines(value))
    return r"\n".join(lines)


def _lines(value: str) -> Iterable[str]:
    # Every character that some parser takes for the end of a line.
    return value.splitlines() or [""]


def folded(line: str) -> str:
    """A content line with its end: no part is longer than 75 octets, none splits a character."""
    parts: list[str] = []
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LONGEST:
            parts.append(part)
            part, size = " ", 1
        part, size = part + character, size + octets
    return "\r\n".join([*parts, part]) + "\r\n"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
