"""Every page of every state is valid HTML that leads somewhere."""

import json
import re
import subprocess
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.gallery.conftest import BY_NAME
from tests.support.npm import borrowed, java

# What the checker says and we know better.
REASONED = re.compile(
    # A data block is never executed, so that no browser asks the policy about it.
    r"Inline script violates .* \(meta tag\): blocked by “script-src”.*application/ld\+json"
    # Its reader of XML stumbles over some emoji; others read them, and test_documents asks one.
    r"|Unmatched low surrogate"
    # People's words are theirs: nobody composes, replaces or refuses the characters they chose.
    r"|is not in Unicode Normalization Form C"
    r"|uses the Unicode Private Use Area"
    r"|starts with a composing character",
    re.DOTALL,
)
HOST = "http://127.0.0.1:8000/"


@pytest.mark.timeout(400)
def test_the_nu_checker_has_nothing_to_say(published, tmp_path):
    """One run for all pages, as Java takes its time to start; people may write any language."""
    for name in BY_NAME:
        _write_with_new_styles(published(name), tmp_path / name)
    nu = [str(java()), "-jar", str(borrowed("vnu-jar/build/dist/vnu.jar"))]
    options = ["--format", "json", "--exit-zero-always", "--stdout", "--no-langdetect"]
    done = subprocess.run(
        [*nu, *options, "--skip-non-html", "--also-check-svg", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    every = json.loads(done.stdout)["messages"]
    found = [one for one in every if not REASONED.search(_said(one))]
    where = {_said(one): one["url"].removeprefix(f"file:{tmp_path}/") for one in found}
    assert [f"{page}: {said}" for said, page in where.items()] == []


def _write_with_new_styles(site, folder):
    """Every page and picture; a stylesheet once, as looking at it takes half of the time."""
    seen = set()

    def once(style):
        is_new = style[0] not in seen
        seen.add(style[0])
        return style[0] if is_new else ""

    for path in site.paths():
        if path.endswith((".html", ".svg")):
            page = re.sub("<style>.*?</style>", once, site.read(path).decode(), flags=re.DOTALL)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(page)


def _said(message):
    near = " ".join(message.get("extract", "").split())
    return f"{message.get('subType', message['type'])}: {message['message']} {near}"


def test_every_link_of_ours_leads_to_a_document_and_a_place_in_it(site):
    there = site.paths()
    ids = {path: {one.attributes.get("id") for one in page.every()} for path, page in site.pages()}
    for path, page in site.pages():
        for target, place in _links(path, page):
            assert target in there, f"{path} links to {target}"
            assert not place or place in ids[target], f"{path} links to {target}#{place}"


def _links(path, page):
    """Paths and fragments of what stands on the same host."""
    for element in page.every():
        address = element.attributes.get("href") or element.attributes.get("src")
        if address is None or element.tag == "use":
            continue
        full = urljoin(HOST + re.sub("index.html$", "", path), address)
        if full.startswith(HOST):
            parts = urlsplit(full)
            target = unquote(parts.path).lstrip("/")
            yield (
                (target + "index.html" if target.endswith("/") or not target else target),
                unquote(parts.fragment),
            )


def test_every_page_allows_nothing_but_what_stands_in_it(site):
    for path, page in site.pages():
        (policy,) = (
            one.attributes["content"]
            for one in page.every("meta")
            if one.attributes.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy.startswith("default-src 'none'; "), path
        assert "unsafe" not in policy, path
        assert not any("style" in one.attributes for one in page.every()), path


def test_every_page_has_one_title_one_main_heading_and_a_language(site):
    for path, page in site.pages():
        assert page.one("head").one("title").text, path
        assert len(page.every("h1")) == 1, path
        assert page.one("html").attributes["lang"], path
