"""What docs/serving.md and `_headers` say is what is declared."""

import json
import re

import pytest

from bot import config
from bot.publish import headers
from bot.publish.documents import DOCUMENTS
from tests.support.recipes import ending, fences, files, table


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.path)
def test_the_documentation_says_what_is_declared(document):
    said = headers.headers_of(document)
    shared = "yes" if "Access-Control-Allow-Origin" in said else "no"
    declared = [said["Content-Type"], said["Cache-Control"], shared]
    assert files()[ending(document.path)] == declared


def test_the_documentation_says_what_goes_everywhere():
    assert dict(table("| header | value |\n")) == headers.EVERYWHERE


@pytest.mark.parametrize("language", ["nginx", "caddy"])
def test_each_recipe_says_what_goes_everywhere(language):
    (recipe,) = fences(language)
    for name, value in headers.EVERYWHERE.items():
        assert re.search(rf'{name} "?{re.escape(value)}"?', recipe), name


def test_the_settings_for_a_bucket_can_be_read():
    script = next(one for one in fences("sh") if "s3://" in one)
    said = dict(re.findall(r"^(\w+)=(\S+)", script, re.MULTILINE))
    assert config.load(said, "target").publish_url == ("s3://status-example/page",)


def test_the_distribution_says_what_goes_everywhere():
    policies = [json.loads(one) for one in fences("json")]
    (security,) = (
        one["SecurityHeadersConfig"] for one in policies if "SecurityHeadersConfig" in one
    )
    assert security["ContentSecurityPolicy"]["ContentSecurityPolicy"] == headers.POLICY


def test_the_policy_for_servers_is_the_pages_own_but_for_the_hashes(desk):
    desk.sync()
    meta = desk.site.home.one(**{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    general = re.sub(r"'sha256-[^']*'", "'unsafe-inline'", meta)
    assert f"{general}; frame-ancestors 'none'" == headers.POLICY


# --- `_headers`


def test_the_headers_file_is_published_and_says_everything_once(desk):
    desk.sync()
    rules = parse_headers(desk.site.read(headers.NAME).decode())
    assert rules.pop("/*") == dict(headers.EVERYWHERE)
    for said in rules.values():
        assert not set(said) & set(headers.EVERYWHERE)  # hosts would join the values
    for document in DOCUMENTS:
        matching = [said for path, said in rules.items() if matches(path, document.path)]
        if document.content_type.startswith("text/html") or document.path == headers.NAME:
            assert matching == []
        else:
            (said,) = matching
            assert {"Content-Type": document.content_type} | said == headers.headers_of(document)


def parse_headers(text):
    rules: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if line.startswith("/"):
            path = line
            rules[path] = {}
        elif line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            assert name not in rules[path]
            rules[path][name] = value
        else:
            assert line.startswith("#") or not line
    return rules


def matches(pattern, path):
    wanted = re.escape(pattern).replace(":name", "[^/]+").replace(r"\*", ".*")
    return re.fullmatch(wanted, f"/{path.format('x')}")
