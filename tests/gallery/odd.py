"""Pages whose words or whose history are unlike others'."""

from dataclasses import replace
from datetime import timedelta

from storage.database import Database
from tests.gallery.lines import (
    DOWN,
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
from tests.support.telling import a_page, edit, retract

NOW = pacific("2013-02-22 16:00")
OPENED = pacific("2013-01-02 09:00")
HOUR = timedelta(hours=1)
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

ARABIC = replace(
    a_page(),
    language="ar",
    name="حالة المكتبة",
    about="نراقب خدماتنا ونكتب هنا عندما يتعطل شيء منها.",
    headline="كل شيء على ما يرام.",
)
LONG = replace(a_page(), language="de", name=LONG_WORD, about=LONG_WORD * 2, headline=LONG_WORD)


def right_to_left(database: Database) -> None:
    add(
        database,
        [
            Part("www", "الصفحة الرئيسية", "البحث والدخول"),
            Part("class", "منصة الدروس (API v2)", group="التعليم"),
            Part("course-explorer", "مستكشف الدورات", group="التعليم"),
            Part("account-dashboard", "Account dashboard"),
        ],
        OPENED,
    )
    tell_all(
        database,
        [
            *story(
                "انقطاع في منصة الدروس",
                NOW - 30 * HOUR,
                (0, SEEN, "لا يمكن الوصول إلى *المنصة* الآن. نبحث عن السبب.", {"class": PARTIAL}),
                (90, OVER, "عادت الخدمة. نعتذر عن الإزعاج.", {"class": OPERATIONAL}),
            ),
            Line(
                NOW - HOUR,
                "بطء في الموقع – HTTP 503",
                SEEN,
                "نرى أخطاء `503` في <https://example.com/a?b=c|صفحات كثيرة>، ونعمل على إصلاحها.",
                {"www": DOWN, "account-dashboard": SLOW},
            ),
        ],
    )


def long_words(database: Database) -> None:
    add(
        database,
        [
            Part("www", LONG_WORD, LONG_WORD * 2),
            Part("class", "x" * 100, group=LONG_WORD[::-1]),
            Part("course-explorer", "語" * 100, group=LONG_WORD[::-1]),
        ],
        OPENED,
    )
    words = f"{'m' * 400} <https://example.com/{'a' * 300}> `{'c' * 300}`\n```{'p' * 300}```"
    tell_all(
        database,
        [
            Line(NOW - 4 * HOUR, "W" * 200, SEEN, words, {"www": DOWN, "class": PARTIAL}),
            Line(
                NOW - 3 * HOUR, "W" * 200, WATCHED, f"{LONG_WORD}\n> {'q' * 300}", {"class": SLOW}
            ),
        ],
    )
    plan(database, LONG_WORD, at=NOW - HOUR, begins=NOW + 24 * HOUR, of="www")


def corrected(database: Database) -> None:
    add(database, [Part("www", "Home page"), Part("class", "Class platform")], OPENED)
    tell_all(
        database,
        [
            Line(
                NOW - 20 * HOUR,
                "Nobody noticed until morning",
                SEEN,
                "Since yesterday evening some pages were empty.",
                {"www": SLOW},
                typed_at=NOW - 8 * HOUR,
            ),
            Line(NOW - 6 * HOUR, "Nobody noticed until morning", OVER, "It is over.", {}),
            Line(
                NOW - 5 * HOUR,
                "A false alarm",
                SEEN,
                "The class platform is down.",
                {"class": DOWN},
            ),
            Line(NOW - HOUR, "Slow lectures", SEEN, "Lectures lode slowly.", {"class": SLOW}),
        ],
    )
    retract(database, 2, at=NOW - HOUR / 2)
    edit(database, 3, "Lectures load slowly.", at=NOW - HOUR / 3)
