"""What the page says in languages other than English: gettext's catalogues, and dates by CLDR.

English is the source: its words stand in the templates, its dates in bot.publish.times.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, dates, lists, numbers, units
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
LOCALES = Path(__file__).parents[1] / "templates" / "locale"
_MOST = 4096  # pieces remembered, of each kind: CLDR's patterns are slow to fill in


def po_file(language: str) -> Path:
    """Where a language's catalogue stands."""
    return LOCALES / language / "LC_MESSAGES" / "duckrow.po"


@cache
def catalogue(language: str) -> NullTranslations:
    """The words of a language, read from its catalogue; the source's are the keys themselves."""
    if language == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with po_file(language).open(encoding="utf-8") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def say(text: str, language: str) -> str:
    """The text in that language where its catalogue has it, else as it is."""
    return catalogue(language).gettext(text) if text else ""  # the empty key is the header


def direction(language: str) -> str:
    """Of writing, as HTML has it: ltr or rtl."""
    return "rtl" if _locale(language).character_order == "right-to-left" else "ltr"


@lru_cache(_MOST)
def day(date_: date, language: str) -> str:
    """Freitag, 22. Februar 2013."""
    return dates.format_date(date_, "full", _locale(language))


@lru_cache(_MOST)
def days(first: date, last: date, language: str) -> str:
    """8 to 19 de febrero de 2013, with a dash."""
    return dates.format_interval(first, last, "yMMMMd", locale=_locale(language))


@lru_cache(_MOST)
def month(first: date, language: str) -> str:
    """The month and its year, in lower case where that is the language's way."""
    return dates.format_skeleton("yMMMM", first, locale=_locale(language))


def month_name(date_: date, language: str) -> str:
    """The month's name, standing alone."""
    return str(_locale(language).months["stand-alone"]["wide"][date_.month])


def moment(day_: str, clock: str, language: str) -> str:
    """A day and a time of it, put together."""
    return str(_locale(language).datetime_formats["medium"]).format(clock, day_)


@lru_cache(_MOST)
def span(parts: Sequence[tuple[int, str]], language: str) -> str:
    """3 Std. 30 Min., from counts of CLDR's units of duration."""
    locale = _locale(language)
    return " ".join(units.format_unit(count, unit, "short", locale=locale) for count, unit in parts)


def percent(share: float, digits: int, language: str) -> str:
    """99,98 %."""
    locale = _locale(language)
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0." + "0" * digits)
    return numbers.format_percent(share, pattern.replace(".%", "%"), locale)


def listing(names: Sequence[str], language: str) -> str:
    """A, B und C."""
    return lists.format_list(names, locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)
