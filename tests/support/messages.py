"""make messages: brings the catalogues of templates/locale up to what the templates say now.

Run as `python -m tests.support.messages`. New texts come in untranslated, those that nobody says
any more go, and nothing is guessed from similar ones: a test fails until all is translated.
"""

from collections.abc import Iterator
from io import BytesIO, StringIO

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from bot.config import Settings
from bot.core import maintenance, shown
from bot.core import status as core
from bot.core.page import LANGUAGES
from bot.publish import times, words
from bot.publish.renderer import TEMPLATES
from bot.words import SOURCE, po_file

OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}

# What templates say through _(…) of values that the core made, as they stand there.
HEADLINE = Settings.__dataclass_fields__["page_headline"].metadata["default"]
BANNERS = tuple(each for each in vars(core).values() if isinstance(each, core.Banner))
SPOKEN = {
    "a component's status": [each.label for each in core.ComponentStatus],
    "a component's status, within a sentence": [
        each.label.lower() for each in core.ComponentStatus
    ],
    "an incident's impact": [each.label for each in core.Impact],
    "where an incident or a maintenance stands": [each.label for each in core.Phase],
    "what an update of the same phase is called": ["Update"],
    "how a report, or a maintenance, came to nothing": ["Withdrawn", "Cancelled"],
    "what a maintenance tells where nobody wrote anything; the braces hold its times": [
        *maintenance.TEXTS.values(),
        maintenance.CANCELLED_TEXT,
        maintenance.MOVED_TEXT,
        maintenance.EXTENDED_TEXT,
    ],
    "the page's situation in one line": [each.description for each in BANNERS],
    "a report that was withdrawn": [shown.WITHDRAWN_TITLE, shown.WITHDRAWN_TEXT],
    "the title of a page; the name is the service's": [words.STATUS_PAGE],
    "the headline unless PAGE_HEADLINE is set; an idiom for: all is in order": [HEADLINE],
    "how long something lasted": [times.LESS_THAN_A_MINUTE],
    "a day, an hour, a minute: a short form after a number, the same of one and of many": [
        *times.UNITS
    ],
}


def template_of_catalogues() -> Catalog:
    """Every text that may be translated, in the order of the files, with where it stands."""
    found = Catalog(charset="utf-8")
    for about, texts in SPOKEN.items():
        for text in texts:
            found.add(text, auto_comments=[about])
    for name, message, comments, context in _in_templates():
        found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def _in_templates() -> Iterator[tuple[str, str | tuple[str, ...], list[str], str | None]]:
    for path in sorted(TEMPLATES.iterdir()):
        source = BytesIO(path.read_bytes())
        said = extract("jinja2.ext:babel_extract", source, KEYWORDS, (), OPTIONS)
        for _, message, comments, context in said:
            yield f"site/{path.name}", message, comments, context


def updated(language: str) -> str:
    """The language's catalogue as it should stand, with the translations it has already."""
    locale = Locale.parse(language)
    path = po_file(language)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    catalogue = read_po(StringIO(text), locale=locale)
    catalogue.update(template_of_catalogues(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# Duckrow's page in {locale.english_name}."
    written = BytesIO()
    write_po(written, catalogue, width=100, omit_header=True, include_lineno=False)
    return _header(catalogue) + written.getvalue().decode()


def _header(catalogue: Catalog) -> str:
    """No dates and no tools: a catalogue changes when a text does."""
    return (
        f"{catalogue.header_comment}\n"
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )


def main() -> None:
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(updated(language), encoding="utf-8")
        print(f"Wrote {path.name} of {language}")  # noqa: T201 -- a tool's answer


if __name__ == "__main__":
    main()
