"""What the page says in languages other than English: gettext's catalogues, and dates by CLDR.

English is the source: its words stand in the templates, its dates in bot.publish.times.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, dates, lists, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
LOCALES = Path(__file__).parents[1] / "templates" / "locale"
_MOST = 4096  # pieces remembered, of each kind: CLDR's patterns are slow to fill in
_MONTH = re.compile("M{3,}")  # in a pattern, by name


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


def day(date_: date, language: str) -> str:
    """Freitag, 22. Februar 2013, as a line begins with it."""
    return _begin(_day(date_, language))


@lru_cache(_MOST)
def days(first: date, last: date, language: str) -> str:
    """24. Februar to 3. März 2013, with a dash: CLDR's pattern, its months in full."""
    locale = _locale(language)
    patterns = locale.interval_formats.get("yMMMMd") or locale.interval_formats["yMMMd"]
    differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    return "".join(
        dates.parse_pattern(_MONTH.sub("MMMM", half)).apply(each, locale)
        for half, each in zip(patterns[differs], (first, last), strict=True)
    )


@lru_cache(_MOST)
def month(first: date, language: str) -> str:
    """Februar 2013, as a line begins with it; sentences put it there."""
    return _begin(dates.format_skeleton("yMMMM", first, locale=_locale(language)))


def month_name(date_: date, language: str) -> str:
    """The month's name, standing alone."""
    return _begin(_locale(language).months["stand-alone"]["wide"][date_.month])


def moment(date_: date, clock: str, language: str) -> str:
    """A day and a time of it, as they stand within a sentence."""
    day_ = _day(date_, language)
    return str(_locale(language).datetime_formats["medium"]).format(clock, day_)


def percent(share: float, digits: int, language: str) -> str:
    """99,98 %."""
    locale = _locale(language)
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0." + "0" * digits)
    return numbers.format_percent(share, pattern.replace(".%", "%"), locale)


def listing(names: Sequence[str], language: str) -> str:
    """A, B und C."""
    return lists.format_list(names, locale=_locale(language))


@lru_cache(_MOST)
def _day(date_: date, language: str) -> str:
    return dates.format_date(date_, "full", _locale(language))


def _begin(text: str) -> str:
    """With a capital letter, which days and months do not have in every language."""
    return text[:1].upper() + text[1:]


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)
