"""The gallery: every state in which the page has to be right, told to a real ledger.

One line in STATES is one state. Times are fixed, so that a picture changes with the page alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.page import Page
from bot.core.status import Phase
from storage.database import Database
from tests.gallery import hostile, many, odd, seasons
from tests.gallery.lines import (
    DOWN,
    FOUND,
    OPERATIONAL,
    OVER,
    PARTIAL,
    SEEN,
    SLOW,
    WATCHED,
    Part,
    add,
    pacific,
    pass_time,
    story,
    tell_all,
)
from tests.support.maintenance import plan
from tests.support.telling import a_page, cause, tell

FOUR = (
    Part("www", "Home page", "Signing in, searching, and everything before a class begins."),
    Part("class", "Class platform", "Lectures, quizzes and forums."),
    Part("course-explorer", "Course explorer"),
    Part("account-dashboard", "Account dashboard", "Enrolments and certificates."),
)
OPENED = pacific("2012-10-01 09:00")
MORNING = pacific("2013-02-22 08:10")

OUTAGE = story(
    "Site Outage",
    MORNING,
    (
        0,
        SEEN,
        (
            "The home page and the class platform cannot be reached right now. We are looking for"
            " the cause and mean to have both back soon."
        ),
        {"www": DOWN, "class": DOWN},
    ),
    (
        50,
        SEEN,
        (
            "The *class platform* works again since about 9 AM. The course explorer and the "
            "account dashboard are still down or very slow; bringing them back is what we do "
            "next."
        ),
        {"class": OPERATIONAL, "course-explorer": PARTIAL, "account-dashboard": PARTIAL},
    ),
    (
        170,
        SEEN,
        (
            "The home page is back since around 11 AM. To take load off it we switched the course"
            " explorer off, and we are now hunting down why answers take so long."
        ),
        {"www": SLOW, "course-explorer": DOWN, "account-dashboard": SLOW},
    ),
    (
        210,
        FOUND,
        (
            "The trouble is in the database behind the home page: it makes the site slow and at "
            "times unreachable. We keep at it until the site is steady again."
        ),
        {"www": PARTIAL, "account-dashboard": PARTIAL},
    ),
)
CONCLUSION = story(
    "Site Outage",
    MORNING,
    (
        470,
        OVER,
        (
            "All is well again. The new catalogue asked more of the primary database than it "
            "could give; the second one, which we then moved to, stood on broken hardware; the "
            "third one carries it.\n\nWe are sorry. We will go through the day hour by hour and "
            "write down what we change."
        ),
        dict.fromkeys(("www", "class", "course-explorer", "account-dashboard"), OPERATIONAL),
    ),
)
LAST_MONTH = story(
    "Slow forums",
    pacific("2013-01-17 14:20"),
    (0, SEEN, "Forum threads open slowly. We are looking into it.", {"class": SLOW}),
    (75, OVER, "A missing index is back in its place.", {"class": OPERATIONAL}),
)


@dataclass(frozen=True)
class State:
    """One state of the page."""

    name: str
    what: str  # one line for whoever looks at it
    tell: Callable[[Database], None]
    now: datetime  # when somebody looks
    page: Page


def calm(database: Database) -> None:
    add(database, FOUR, OPENED)
    tell_all(database, [*LAST_MONTH, *OUTAGE, *CONCLUSION])


def outage(database: Database) -> None:
    add(database, FOUR, OPENED)
    tell_all(database, [*LAST_MONTH, *OUTAGE])


FOUR_HOURS_LATER = MORNING + timedelta(hours=4)
MORE = (
    *story(
        "Certificates arrive late",
        FOUR_HOURS_LATER,
        (0, SEEN, "Some certificates have not arrived yet.", {"account-dashboard": SLOW}),
        (12, FOUND, "Certificates take up to a day; none is lost.", {}),
    ),
    *story(
        "Videos stop in the middle",
        FOUR_HOURS_LATER + timedelta(minutes=5),
        (
            0,
            SEEN,
            "Some lectures stop after a minute. `HLS` players are hit, downloads are not.",
            {"class": PARTIAL},
        ),
    ),
    *story(
        "Mail about deadlines was sent twice",
        FOUR_HOURS_LATER + timedelta(minutes=20),
        (0, SEEN, "Whoever has a deadline this week may have two mails about it.", {}),
        (15, WATCHED, "Both mails are right, and nobody gets a third one.", {}),
    ),
)


def four_at_once(database: Database) -> None:
    add(database, FOUR, OPENED)
    tell_all(database, [*LAST_MONTH, *OUTAGE, *MORE])


def maintenance(database: Database) -> None:
    add(database, FOUR, OPENED)
    tell_all(database, LAST_MONTH)
    day = timedelta(days=1)
    running = plan(
        database,
        "A new home for the class platform",
        at=MORNING - 3 * day,
        begins=MORNING,
        of="class",
    )
    plan(
        database,
        "The course explorer gets more memory",
        at=MORNING - day,
        begins=MORNING + 4 * day,
        of="course-explorer",
    )
    tell(
        database,
        running.number,
        Phase.IN_PROGRESS,
        text="We have begun. Lectures that are playing play on.",
        at=MORNING,
    )


def empty(database: Database) -> None:
    with database.telling(cause("settings", at=MORNING)) as ledger:
        ledger.configure(fingerprint="gallery")


def _state(
    name: str,
    what: str,
    story: Callable[[Database], None],
    now: datetime,
    page: Page | None = None,
) -> State:
    return State(name, what, story, now, page or a_page())


STATES = (
    _state("calm", "Three days after an outage", calm, MORNING + timedelta(days=3, hours=2)),
    _state("outage", "One outage, four updates in", outage, MORNING + timedelta(hours=4)),
    _state("four-at-once", "Four incidents at once", four_at_once, MORNING + timedelta(hours=5)),
    _state(
        "maintenance",
        "A running maintenance and a coming one",
        maintenance,
        MORNING + timedelta(minutes=40),
    ),
    _state("empty", "A new page that nobody told anything yet", empty, MORNING),
    _state("year", "A year of history", seasons.year, seasons.END),
    _state("sixty", "Sixty components in eight groups", many.sixty, many.NOW),
    _state("right-to-left", "Arabic names and texts", odd.right_to_left, odd.NOW, odd.ARABIC),
    _state("long-words", "Words that do not break", odd.long_words, odd.NOW, odd.LONG),
    _state("corrected", "Backdated, edited and withdrawn", odd.corrected, odd.NOW),
    _state("hostile", "Words that mean no good", hostile.hostile, hostile.NOW, hostile.PAGE),
    _state("weight", "What page weights are measured on", many.weight, many.NOW),
)

# States that are checked, and need no picture.
UNPICTURED = (
    _state("harmless", "As hostile, in other words", hostile.harmless, hostile.NOW),
    _state("naughty-page", "Naughty strings about the page", hostile.naughty_page, hostile.NOW),
    *(
        _state(f"naughty-{part}", "Naughty strings", hostile.naughty(part), hostile.NOW)
        for part in range(hostile.PARTS)
    ),
)


def tell_state(state: State, database: Database) -> None:
    """The state in an empty, migrated ledger."""
    database.begin(state.page)
    state.tell(database)
    pass_time(database, state.now)
