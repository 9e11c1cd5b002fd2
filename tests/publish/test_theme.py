"""A folder of templates over ours: one block, the stylesheet, and what happens when it is wrong."""

import base64
import hashlib
import re
from dataclasses import replace

import pytest

from bot import app, doctor
from bot.config import load
from bot.core.colour import AA, contrast
from bot.core.errors import Refusal
from bot.core.page import LANGUAGES
from bot.demo import environment
from bot.publish import Publisher, Renderer, open_target, renderer
from bot.publish.inline import DARK, LIGHT, accent_style
from bot.publish.theme import check
from tests.support.telling import a_page, cause, open_incident

STYLE = '{% include "duckrow/_style.css" %}\n:root { --ink: #223344; }\n'
HOME = """\
{% extends "duckrow/home.html" %}
{% block main %}
<p class="motto">{{ page.name }} by the sea</p>
{{ super() }}
{% endblock %}
"""


@pytest.fixture
def theme(tmp_path):
    """Writes a theme's files; gives its folder."""
    folder = tmp_path / "theme"
    folder.mkdir()

    def write(**files):
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text)
        return folder

    return write


def publish(desk, folder):
    page = Publisher(desk.database, open_target(str(desk.root)), "themed", Renderer(folder))
    page.sync(desk.now())


def wrong(folder):
    with pytest.raises(Refusal) as caught:
        check(Renderer(folder), a_page())
    assert "PAGE_THEME" in caught.value.remedy
    return caught.value.problem


# --- a theme that works


def test_a_theme_changes_one_block_and_the_stylesheet_and_leaves_the_rest(desk, theme):
    open_incident(desk.database)
    desk.sync()
    before = desk.site.home
    folder = theme(home__html=HOME, _style__css=STYLE)
    check(Renderer(folder), a_page())
    publish(desk, folder)
    home = desk.site.home
    assert home.one(class_="motto").text == "Coursera by the sea"
    assert home.one("h1").text == before.one("h1").text
    assert "--ink:#223344" in home.one("style").children[0]
    assert home.one("style").children[0].startswith(before.one("style").children[0])
    assert {path for path, _ in desk.site.pages()} > {"index.html", "404.html"}


def test_the_policy_of_a_themed_page_lets_in_its_style(desk, theme):
    open_incident(desk.database)
    publish(desk, theme(_style__css=STYLE))
    for _, page in desk.site.pages():
        policy = page.one(**{"http-equiv": "Content-Security-Policy"}).attributes["content"]
        digest = hashlib.sha256(page.one("style").children[0].encode()).digest()
        assert f"style-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_a_theme_speaks_the_pages_language(desk, theme):
    folder = theme(home__html=HOME.replace("by the sea", '{{ _("History") }}'))
    with desk.database.telling(cause("settings")) as ledger:
        ledger.configure(language="es")
    open_incident(desk.database)
    publish(desk, folder)
    assert desk.site.home.one(class_="motto").text == "Coursera Historial"


def test_a_themes_own_folder_of_our_name_does_not_hide_ours(desk, theme):
    folder = theme(home__html=HOME)
    (folder / "duckrow").mkdir()
    (folder / "duckrow/_style.css").write_text("body { color: red }")
    (folder / "duckrow/_base.html").write_text("{% block main %}{% endblock %}")
    open_incident(desk.database)
    desk.sync()
    ours = desk.site.home.one("style").children[0]
    publish(desk, theme(_style__css=STYLE))
    assert desk.site.home.one("style").children[0].startswith(ours)
    assert desk.site.home.one("h1")


def test_another_theme_is_another_fingerprint(theme):
    plain = Renderer().fingerprint
    folder = theme(home__html=HOME)
    first = Renderer(folder).fingerprint
    theme(home__html=f"{HOME}\n")
    assert len({plain, first, Renderer(folder).fingerprint}) == 3


def test_what_is_no_template_changes_nothing(theme):
    folder = theme(home__html=HOME)
    first = Renderer(folder).fingerprint
    theme(README__md="# Ours", LICENSE="")
    (folder / ".git").mkdir()
    (folder / ".git/index.html").write_text("{% broken")
    assert Renderer(folder).fingerprint == first
    check(Renderer(folder), a_page())


# --- a theme that does not


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("home.html", "<h1>\n{% if %}", "home.html, line 2: Expected an expression"),
        ("home.html", "{{ page.name | shout }}", "home.html, line 1: No filter named 'shout'"),
        ("home.html", f"{HOME}{{% block hue %}}\n{{{{ hew }}}}{{% endblock %}}", "'hew'"),
        ("incident.html", "\n\n{{ story.titel }}", "incident.html, line 3: "),
        ("month.html", '{% extends "duckrow/mouth.html" %}', "duckrow/mouth.html"),
        ("_style.css", "a { color: {{ colour }} }", "_style.css, line 1: 'colour' is undefined"),
        ("_parts.html", "", "duckrow/"),
        ("hom.html", "<h1>", "hom.html: no page has a template of this name"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(theme, name, text, said):
    folder = theme(**{name.replace(".", "__"): text})
    assert said in wrong(folder)


def test_every_file_that_cannot_be_read_is_told_at_once(theme):
    folder = theme(home__html="{% if %}", year__html="{{ 1 | nothing }}", hom__html="")
    (folder / "_part.html").write_bytes(b"\xff\xfe")
    problem = wrong(folder)
    assert all(name in problem for name in ("home.html", "year.html", "hom.html", "_part.html"))


def settings(folder, tmp_path, **more):
    return load(
        {
            "PAGE_THEME": str(folder),
            "DATABASE_URL": f"sqlite:///{tmp_path}/duckrow.db",
            "PUBLISH_URL": str(tmp_path / "public"),
            **more,
        },
        *("page", "ledger", "target"),
    )


def test_a_program_with_a_broken_theme_does_not_start_and_publishes_nothing(theme, tmp_path):
    loaded = settings(theme(incident__html="{{ story.titel }}"), tmp_path)
    with pytest.raises(Refusal, match=r"incident.html, line 1"), app.opened(loaded):
        pass
    assert not (tmp_path / "public").exists()


def test_the_doctor_tries_the_theme(theme, tmp_path, monkeypatch):
    folder = theme(home__html="{{ sdrow }}")
    monkeypatch.setenv("PAGE_THEME", str(folder))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/duckrow.db")
    monkeypatch.setenv("PUBLISH_URL", str(tmp_path / "public"))
    (found,) = (each for each in doctor.examine() if each.name == "theme")
    assert not found.ok
    assert "home.html, line 1: 'sdrow' is undefined" in found.said
    theme(home__html=HOME)
    (found,) = (each for each in doctor.examine() if each.name == "theme")
    assert found.ok


def test_the_sandbox_shows_a_theme_and_takes_no_other_setting(monkeypatch, tmp_path):
    monkeypatch.setenv("PAGE_THEME", "/themes/ours")
    monkeypatch.setenv("PAGE_NAME", "Not this one")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-real")
    env = environment(tmp_path, "http://127.0.0.1:8000/")
    assert env["PAGE_THEME"] == "/themes/ours"
    assert env["PAGE_NAME"] == "Coursera"
    assert "SLACK_BOT_TOKEN" not in env


# --- what the settings make of the look


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_templates_pass_the_trial(language):
    check(Renderer(), replace(a_page(), language=language))


def test_the_settings_become_the_page(tmp_path):
    more = {
        "PAGE_LANGUAGE": "de",
        "PAGE_ACCENT": "#E91E63",
        "PAGE_LINKS": "Hilfe=https://help.example.com/",
        "PAGE_DUCKS": "off",
    }
    with app.opened(settings("", tmp_path, **more)) as duckrow, duckrow.database.read() as ledger:
        page = ledger.page
    assert (page.language, page.accent, page.ducks) == ("de", "#e91e63", False)
    assert [(link.label, link.url) for link in page.links] == [
        ("Hilfe", "https://help.example.com/")
    ]
    assert page.headline == "Alles in bester Ordnung."


def test_a_headline_of_the_owners_stands_as_it_was_written(tmp_path):
    loaded = settings("", tmp_path, PAGE_LANGUAGE="de", PAGE_HEADLINE="100% gut % so")
    with app.opened(loaded) as duckrow:
        duckrow.publish()
    assert "100% gut % so" in (tmp_path / "public/index.html").read_text()


def test_the_accent_stands_on_the_surfaces_of_the_stylesheet():
    style = (renderer.TEMPLATES / "_style.css").read_text()
    schemes = style.split("prefers-color-scheme: dark", 1)
    for scheme, surfaces in zip(schemes, (LIGHT, DARK), strict=True):
        found = [re.findall(rf"--{name}: (#\w+)", scheme)[0] for name in ("paper", "raised")]
        assert [full(colour) for colour in found] == list(surfaces)


def full(colour):
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


@pytest.mark.parametrize("accent", ["#0b57d0", "#ffff00", "#000000", "#e91e63"])
def test_the_accent_can_be_read_in_light_and_in_dark(desk, accent):
    with desk.database.telling(cause("settings")) as ledger:
        ledger.configure(accent=accent)
    open_incident(desk.database)
    desk.sync()
    style = desk.site.home.one("style").children[0]
    assert style.endswith(accent_style(accent))
    light, dark = re.findall(r"--link:(#\w{6})", accent_style(accent))
    assert min(contrast(light, surface) for surface in LIGHT) >= AA
    assert min(contrast(dark, surface) for surface in DARK) >= AA


def test_the_logo_stands_inside_the_page_and_names_it(desk):
    logo = "data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E"
    with desk.database.telling(cause("settings")) as ledger:
        ledger.configure(logo=logo, ducks=False)
    open_incident(desk.database)
    desk.sync()
    image = desk.site.home.one("img")
    assert (image.attributes["src"], image.attributes["alt"]) == (logo, "Coursera")
    assert not desk.site.home.every(class_="ducks")


def test_a_stylesheets_strings_stand_as_they_are(desk, theme):
    publish(
        desk, theme(_style__css=STYLE + 'b::after { content: " ; a , b: " } i :hover { top: 0 }')
    )
    assert (
        'b::after{content:" ; a , b: "}i :hover{top:0}' in desk.site.home.one("style").children[0]
    )
