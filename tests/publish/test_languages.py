"""The page speaks its language in every word of its own, and programs are told the same always."""

import re
from datetime import UTC, date, datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from bot import words
from bot.core.page import LANGUAGES
from bot.core.status import ComponentStatus, Phase
from bot.publish import renderer, times
from bot.publish.renderer import Renderer
from bot.publish.specimens import MOMENT, Specimens
from bot.publish.templates import VIEWS
from tests.support import messages
from tests.support.telling import NOON, a_page, cause, open_incident, retract, tell

BERLIN = ZoneInfo("Europe/Berlin")
TRANSLATED = [language for language in LANGUAGES if language != words.SOURCE]
PLACEHOLDERS = re.compile(r"%\(\w+\)s|%%|{\w+}")


def read(language):
    with words.po_file(language).open(encoding="utf-8") as file:
        return read_po(file, locale=language)


# --- catalogues


def test_every_language_but_the_source_has_a_catalogue():
    assert sorted(path.name for path in words.LOCALES.iterdir()) == TRANSLATED


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_what_is_said_now_and_nothing_else(language):
    written = words.po_file(language).read_text(encoding="utf-8")
    assert written == messages.updated(language), "write it again with: make messages"


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_is_translated(language):
    missing = [
        message.id
        for message in read(language)
        if message.id and not (all(message.string) if message.pluralizable else message.string)
    ]
    assert missing == []
    assert not any(message.fuzzy for message in read(language) if message.id)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_text(language):
    for message in read(language):
        given = message.id if message.pluralizable else (message.id,)
        said = message.string if message.pluralizable else (message.string,)
        wanted = set(PLACEHOLDERS.findall("".join(given))) if message.id else set()
        for text in said if message.id else ():
            assert set(PLACEHOLDERS.findall(text)) == wanted, message.id
            assert "%" not in PLACEHOLDERS.sub("", text), message.id


@pytest.mark.parametrize("other", [False, True])
def test_pages_ask_for_no_text_that_the_catalogues_do_not_know(other, monkeypatch):
    known = {message.id for message in messages.template_of_catalogues()}
    asked = set()

    class Listening(NullTranslations):
        def gettext(self, message):
            asked.add(message)
            return message

    monkeypatch.setattr(renderer, "catalogue", lambda _: Listening())
    listening, specimens = Renderer(), Specimens(a_shown_page(), other=other)
    for template, view in VIEWS.items():
        listening.render(template, specimens.of(view))
    assert asked - known - {"specimen"} == set()
    assert len(asked) > 40


def a_shown_page():
    page = a_page()
    return type(page)(**{**vars(page), "revision": 1, "as_of": MOMENT})


# --- dates and numbers


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "es",
            (
                "viernes, 22 de febrero de 2013, 20:40 CET",
                "8–19 de febrero de 2013",
                "Febrero de 2013",
                "3 h 30 min",
                "99,98\xa0%",
            ),
        ),
        (
            "de",
            (
                "Freitag, 22. Februar 2013, 20:40 CET",
                "8.–19. Februar 2013",
                "Februar 2013",
                "3 h 30 min",
                "99,98\xa0%",
            ),
        ),
        (
            "ar",
            (
                "الجمعة، 22 فبراير 2013، 20:40 CET",
                "8–19 فبراير 2013",
                "فبراير 2013",
                "3 س 30 د",
                "99.98%",
            ),
        ),
    ],
)
def test_times_and_numbers_are_those_of_the_language(language, said):
    moment = datetime(2013, 2, 22, 19, 40, tzinfo=UTC)
    assert said == (
        times.full(moment, BERLIN, language),
        times.days(date(2013, 2, 8), date(2013, 2, 19), language),
        times.month(moment.date(), language),
        times.span(timedelta(hours=3, minutes=30), language),
        times.percent(0.9998, language),
    )
    assert times.days(moment.date(), moment.date(), language) == times.day(moment.date(), language)
    assert said[2].startswith(times.month_name(moment.date(), language))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "24 de febrero – 3 de marzo de 2013"),
        ("de", "24. Februar – 3. März 2013"),
        ("ar", "24 فبراير – 3 مارس 2013"),
    ],
)
def test_months_are_named_in_full_where_two_of_them_meet(language, said):
    run = times.days(date(2013, 2, 24), date(2013, 3, 3), language)
    assert run.replace("\N{THIN SPACE}", " ") == said
    years = times.days(date(2012, 12, 28), date(2013, 1, 3), language)
    assert "2012" in years
    assert "2013" in years


def test_a_day_begins_a_line_with_a_capital_and_stands_in_a_sentence_without():
    moment = datetime(2013, 2, 22, 19, 40, tzinfo=UTC)
    assert times.day(moment.date(), "es") == "Viernes, 22 de febrero de 2013"
    assert times.full(moment, BERLIN, "es").startswith("viernes, 22")
    assert times.month_name(moment.date(), "es") == "Febrero"


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [("es", "1 d 1 h", "2 d 5 h"), ("de", "1 d 1 h", "2 d 5 h"), ("ar", "1 ي 1 س", "2 ي 5 س")],
)
def test_spans_use_forms_that_are_right_for_one_and_for_many(language, one, many):
    assert times.span(timedelta(days=1, hours=1), language) == one
    assert times.span(timedelta(days=2, hours=5), language) == many


@pytest.mark.parametrize(
    ("share", "said"),
    [(1, "100%"), (0.999999, "99.99%"), (0.9998, "99.98%"), (0.5, "50.00%"), (0, "0%")],
)
def test_a_share_is_never_rounded_up(share, said):
    assert times.percent(share) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "www, class, api"), ("de", "www, class und api"), ("es", "www, class y api")],
)
def test_names_are_listed_as_a_sentence_has_them(language, said):
    assert times.listing(["www", "class", "api"], language) == said


def test_less_than_a_minute_is_said_so_that_it_fits_after_any_word():
    assert times.span(timedelta(seconds=9), "de") == "weniger als 1 min"  # nach einer, not eine
    assert times.span(timedelta(seconds=9), "es") == "menos de un minuto"


# --- the page


def tell_a_story(desk, language):
    with desk.database.telling(cause("settings")) as ledger:
        ledger.configure(language=language)
    one = open_incident(desk.database, statuses={"www": ComponentStatus.MAJOR_OUTAGE})
    tell(desk.database, one.number, Phase.MONITORING, at=NOON + timedelta(minutes=20))
    desk.sync()
    return one


@pytest.mark.parametrize(
    ("language", "banner", "phase"),
    [
        ("es", "Interrupción parcial del sistema", "En observación"),
        ("de", "Teilweiser Ausfall", "Wird beobachtet"),
        ("ar", "انقطاع جزئي في النظام", "قيد المراقبة"),
    ],
)
def test_the_page_speaks_its_language(desk, language, banner, phase):
    one = tell_a_story(desk, language)
    home = desk.site.home
    assert home.one("html").attributes["lang"] == language
    assert home.one("html").attributes.get("dir", "ltr") == words.direction(language)
    assert home.one("h1").text == banner
    assert banner in home.every("title")[0].text
    assert phase in desk.site.page(f"incidents/{one.id}/index.html").one("main").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_says_how_long_it_lasts_as_the_page_would(desk, tab, language):
    one = tell_a_story(desk, language)
    lasted = timedelta(days=2, hours=5)
    tab.clock.install(time=one.started_at + lasted)
    tab.goto((desk.root / "index.html").as_uri())
    since = tab.locator("[data-since]").first.inner_text()
    assert since.strip() == f"({times.span(lasted, language)})"


def test_what_stays_of_a_withdrawn_report_is_in_the_pages_language(desk):
    one = tell_a_story(desk, "de")
    for _ in one.updates:
        retract(desk.database, one.number, at=desk.now())
    retract(desk.database, one.number, at=desk.now())
    desk.sync()
    page = desk.site.page(f"incidents/{one.id}/index.html")
    assert page.one("h1").text == "Zurückgezogene Meldung"
    assert "Diese Meldung wurde zurückgezogen." in page.one("main").text
    assert b"Withdrawn report" in desk.site.read("history.atom")


def test_arabic_is_written_from_the_right():
    assert words.direction("ar") == "rtl"
    assert {words.direction(language) for language in ("de", "en", "es")} == {"ltr"}


def test_programs_are_told_the_same_whatever_the_page_speaks(desk):
    tell_a_story(desk, "en")
    english = {path: desk.site.read(path) for path in programs(desk.site)}
    with desk.database.telling(cause("settings")) as ledger:
        ledger.configure(language="ar")
    desk.sync()
    for path in programs(desk.site):
        assert told(desk.site.read(path)) == told(english[path]), path
    assert desk.site.home.one("html").attributes["lang"] == "ar"


def programs(site):
    kinds = (".atom", ".rss", ".json", ".svg", ".xml")  # a calendar is read by people
    moving = {"uptime.json"}  # what is open lasts longer at each publication
    return [path for path in site.paths() - moving if path.endswith(kinds)]


def told(body):
    """Without the page's own revision and the time of it."""
    text = body.decode()
    text = re.sub(r'"page":\{.*?\}|<!-- revision \d+ -->', "", text)
    return re.sub(r'"updated_at":"[^"]*"|[ \t]+\n$', "", text)


def test_a_change_of_language_reaches_every_page(desk):
    tell_a_story(desk, "en")
    with desk.database.telling(cause("settings")) as ledger:
        ledger.configure(language="de")
    desk.sync()
    assert {page.one("html").attributes["lang"] for _, page in desk.site.pages()} == {"de"}
