"""A year in which something happens now and then."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from bot.core.status import ComponentStatus, Phase
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
from tests.support.maintenance import plan
from tests.support.telling import tell

END = pacific("2013-02-22 12:00")
BEGAN = pacific("2012-02-01 09:00")
PARTS = (
    Part("site", "Website"),
    Part("api", "API", "What programs talk to."),
    Part("search", "Search", group="Shop"),
    Part("checkout", "Checkout", "Basket, payment and receipts.", group="Shop"),
    Part("mail", "E-mail", group="Messages"),
    Part("push", "Push messages", group="Messages"),
)


class Trouble(NamedTuple):
    days: int  # before the end
    hour: int
    slug: str
    bad: ComponentStatus
    minutes: int
    title: str


TROUBLE = tuple(
    Trouble(*one)
    for one in (
        (2, 9, "search", SLOW, 50, "Search answers slowly"),
        (9, 16, "checkout", PARTIAL, 95, "Some cards are declined"),
        (16, 3, "mail", DOWN, 240, "No mail goes out"),
        (31, 22, "api", PARTIAL, 130, "Errors from the API"),
        (33, 11, "push", SLOW, 45, "Push messages arrive late"),
        (58, 8, "site", DOWN, 35, "The website is down"),
        (58, 14, "site", SLOW, 200, "The website is slow"),
        (74, 19, "checkout", DOWN, 65, "Nobody can pay"),
        (88, 6, "search", PARTIAL, 1500, "Search finds too little"),
        (121, 13, "api", SLOW, 40, "Slow answers for some"),
        (155, 10, "mail", PARTIAL, 310, "Mail to one provider bounces"),
        (156, 15, "push", DOWN, 80, "No push messages"),
        (203, 20, "site", PARTIAL, 55, "Pictures are missing"),
        (247, 7, "checkout", SLOW, 90, "Receipts arrive late"),
        (290, 18, "api", DOWN, 25, "The API is down"),
        (341, 12, "search", SLOW, 60, "New products cannot be found"),
    )
)


def year(database: Database) -> None:
    add(database, PARTS, BEGAN)
    _move_house(database)
    tell_all(database, [line for one in TROUBLE for line in _lines(one)])
    plan(
        database,
        "Search gets a new index",
        at=END - timedelta(days=1),
        begins=END + timedelta(days=5),
        of="search",
    )


def _move_house(database: Database) -> None:
    begins = BEGAN + timedelta(days=20)
    move = plan(database, "Mail moves house", at=BEGAN, begins=begins, of="mail").number
    tell(database, move, Phase.IN_PROGRESS, text="We have begun.", at=begins)
    over = begins + timedelta(minutes=80)
    tell(database, move, Phase.COMPLETED, text="Mail lives in its new house.", at=over)


def _lines(one: Trouble) -> Iterator[Line]:
    start = (END - timedelta(days=one.days)).replace(hour=one.hour, minute=7 * one.days % 60)
    yield from story(
        one.title,
        start,
        (0, SEEN, f"{one.title}. We are finding out why.", {one.slug: one.bad}),
        (one.minutes // 3, FOUND, "We know the cause and are on it.", {}),
        (2 * one.minutes // 3, WATCHED, "It should be well; we keep looking.", {one.slug: SLOW}),
        (one.minutes, OVER, "This is over. Thank you for your patience.", {one.slug: OPERATIONAL}),
    )
