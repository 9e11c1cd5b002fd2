"""Pages with a lot on them: many components, many incidents, much text."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

from storage.database import Database
from tests.gallery.lines import (
    DOWN,
    FOUND,
    OPERATIONAL,
    OVER,
    PARTIAL,
    SEEN,
    SLOW,
    WATCHED,
    Line,
    Part,
    add,
    pacific,
    story,
    tell_all,
)

NOW = pacific("2013-02-22 16:00")
OPENED = pacific("2012-06-01 09:00")
REGIONS = ("Dublin", "Frankfurt", "Montréal", "Mumbai", "Oregon", "São Paulo", "Tokyo", "Virginia")
SERVICES = ("Compute", "Storage", "Databases", "Queues", "Functions", "Load balancers", "DNS")

WEIGHED = (
    *(f"{service} API" for service in ("Accounts", "Billing", "Search", "Upload", "Webhooks")),
    *("Dashboard", "Mobile app", "Status of exports", "Sign-in", "Single sign-on", "Audit log"),
    *("E-mail delivery", "Push messages", "Text messages", "Calendar sync", "Contacts sync"),
    *("Image processing", "Video processing", "Document previews", "Full-text search"),
    *("Europe", "United States", "Asia Pacific", "South America", "Content delivery network"),
    *("Reports", "Data warehouse", "Marketplace", "Developer portal", "Support desk"),
)
TITLES = (
    "Elevated error rates on {}",
    "Slow responses from {}",
    "{} unavailable for some customers",
    "Delays in {}",
    "Intermittent time-outs: {}",
)
SAID = {
    SEEN: (
        (
            "We are looking into reports that {} fails for part of our customers. Requests that "
            "go through are answered correctly; others end after thirty seconds without an "
            "answer."
        ),
        (
            "Since a few minutes {} answers with errors more often than it should. No data is "
            "lost: what was accepted is stored and will be worked through as soon as this is "
            "over."
        ),
        (
            "Monitoring tells us that {} takes several times as long as usual. People notice it "
            "when opening large accounts. The team on call is here and reading the traces."
        ),
        (
            "Customers in two regions cannot reach {}. We see the same from outside and have "
            "stopped this morning's roll-out until we know whether the two have to do with each "
            "other."
        ),
        (
            "Some jobs that belong to {} wait longer than they should. New ones are still taken, "
            "and nothing has to be sent again."
        ),
    ),
    FOUND: (
        (
            "The cause is a query that lost its index in last night's migration. It is being "
            "built again, which takes about twenty minutes; until then {} stays slow."
        ),
        (
            "One of three brokers ran out of disk, and the other two carry its load. We are "
            "adding space and moving partitions; {} recovers step by step."
        ),
        (
            "A certificate between two of our services had expired. The new one is being handed "
            "out now, and the parts of {} that have it already answer as always."
        ),
        (
            "A network provider drops packets between two of our sites. We are leading traffic "
            "for {} around it, at the price of some milliseconds."
        ),
        (
            "The release of 9:40 opened more connections than the pool behind {} allows. We have "
            "taken it back everywhere but in one zone, which follows now."
        ),
    ),
    WATCHED: (
        (
            "Errors have been back at their usual level for ten minutes. We keep watching {} "
            "while the backlog is worked off, and will say so when it is gone."
        ),
        (
            "All regions answer again. Some caches behind {} are still cold, so that a first "
            "request may take a moment longer."
        ),
        (
            "The change is everywhere. Latency of {} is close to what it was this morning, and we"
            " wait for the evening's peak before we call it done."
        ),
        (
            "We see {} recover: nine of ten requests are as fast as before. The rest belongs to "
            "accounts that are being moved back one by one."
        ),
        (
            "Traffic is back on its ordinary way. We leave the alarms for {} tighter than usual "
            "during the night."
        ),
    ),
    OVER: (
        (
            "This is resolved: {} works normally, and everything that waited has been delivered. "
            "We will publish what we learned and what we change within five working days."
        ),
        (
            "Between the first report and now about two of a hundred requests to {} failed. All "
            "is well again, and no customer data was affected. We are sorry for the trouble."
        ),
        (
            "{} is as fast as ever. The index is part of our migration checks from today on, so "
            "that this cannot happen in the same way again."
        ),
        (
            "The backlog is empty and {} has been steady for an hour. Whoever still sees errors "
            "please tell support, with the time and the account."
        ),
        "Our provider has repaired the line, and {} is back on it. Thank you for your patience.",
    ),
}
MINUTES = {SEEN: 0, FOUND: 25, WATCHED: 70, OVER: 130}
RECENT, EARLIER = 20, 25


def sixty(database: Database) -> None:
    """Eight regions of services, some in trouble."""
    every = (Part(f"s{at}", *one) for at, one in enumerate(_sixty(), start=1))
    add(database, every, OPENED)
    hours = timedelta(hours=1)
    tell_all(
        database,
        [
            Line(NOW - 5 * hours, "Slow disks in Tokyo", FOUND, "One rack is hot.", {"s48": SLOW}),
            Line(
                NOW - 2 * hours,
                "Frankfurt is cut off",
                SEEN,
                "A cable is broken. Traffic goes through Dublin.",
                {"s9": DOWN, "s10": DOWN, "s11": PARTIAL, "s12": PARTIAL},
            ),
        ],
    )


def _sixty() -> Iterator[tuple[str, str, str]]:
    for at, region in enumerate(REGIONS):
        for kind in SERVICES if at % 2 else (*SERVICES, "Registry"):
            yield kind, "", region


def weight(database: Database) -> None:
    """30 components; 20 incidents of 4 updates in the last fifteen days, 25 before them."""
    slugs = [f"c{at}" for at in range(1, len(WEIGHED) + 1)]
    add(database, (Part(*one) for one in zip(slugs, WEIGHED, strict=True)), OPENED)
    tell_all(database, _earlier())
    tell_all(database, [line for at in range(RECENT) for line in _incident(at)])


def _earlier() -> Iterator[Line]:
    """Shorter ones, on the days of the bars that the home page does not tell of."""
    for at, bad in zip(range(EARLIER), cycle((SLOW, PARTIAL, SLOW, DOWN)), strict=False):
        name, slug = WEIGHED[at * 7 % 30], f"c{at * 7 % 30 + 1}"
        start = NOW - timedelta(days=88 - 3 * at + at % 2, hours=at * 5 % 24)
        yield from story(
            f"Trouble with {name} ({at + 1})",
            start,
            (0, SEEN, SAID[SEEN][at % 5].format(name), {slug: bad}),
            (20 + 45 * (at % 4), OVER, SAID[OVER][at % 5].format(name), {slug: OPERATIONAL}),
        )


def _incident(at: int) -> list[Line]:
    name, slug = WEIGHED[at * 11 % 30], f"c{at * 11 % 30 + 1}"
    start = NOW - timedelta(hours=3 + 17 * (RECENT - 1 - at))
    bad = (SLOW, PARTIAL, DOWN)[at % 3]
    statuses = {SEEN: {slug: bad}, OVER: {slug: OPERATIONAL}}
    told = [
        (MINUTES[phase], phase, said[(at + at // 5) % 5].format(name), statuses.get(phase, {}))
        for phase, said in SAID.items()
    ]
    return story(TITLES[at % 5].format(name) + f", {start:%B %-d}", start, *told)
