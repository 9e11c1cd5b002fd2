"""The published folder at /, as any web server would serve it."""

import http.client
import json

import pytest

from bot.sandbox import Sandbox, Workspace


@pytest.fixture
def folder(tmp_path):
    """A small published page, and a secret beside it."""
    public = tmp_path / "public"
    pages = {
        "index.html": "<title>Home</title>",
        "404.html": "<title>Not here</title>",
        "2013/02/index.html": "<title>February</title>",
        "api/v2/status.json": '{"status": {}}',
        "history.atom": "<feed/>",
        "history.rss": "<rss/>",
        ".duckrow/revision.json": '{"revision": 1}',
    }
    for name, text in pages.items():
        (public / name).parent.mkdir(parents=True, exist_ok=True)
        (public / name).write_text(text)
    (tmp_path / "secret.txt").write_text("secret")
    (public / "link.txt").symlink_to(tmp_path / "secret.txt")
    return public


@pytest.fixture
def slack(folder):
    with Sandbox(Workspace(), public_folder=folder) as sandbox:
        yield sandbox


@pytest.fixture
def get(slack):
    """Asks for a path as it stands, without tidying it; gives status, headers, body."""

    def ask(path, method="GET", **headers):
        host, port = slack.url.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    return ask


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/", "text/html", b"Home"),
        ("/2013/02/", "text/html", b"February"),
        ("/api/v2/status.json", "application/json", b"status"),
        ("/history.atom", "application/atom+xml", b"feed"),
        ("/history.rss", "application/rss+xml", b"rss"),
        ("/.duckrow/revision.json", "application/json", b"revision"),
    ],
)
def test_a_file_has_its_type(get, path, kind, words):
    status, headers, body = get(path)
    assert status == 200
    assert headers["Content-Type"].removesuffix("; charset=utf-8") == kind
    assert words in body


def test_a_folder_without_its_slash_is_sent_on(get):
    status, headers, _ = get("/2013/02")
    assert (status, headers["Location"]) == (308, "/2013/02/")


@pytest.mark.parametrize("path", ["/nothing", "/2013/", "/2013/02/nothing.html"])
def test_what_is_not_there_is_the_pages_own_404(get, path):
    status, headers, body = get(path)
    assert (status, body) == (404, b"<title>Not here</title>")
    assert headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/2013/../../secret.txt",
        "/..%2fsecret.txt",
        "/%5c..%5csecret.txt",
        "//secret.txt",
        "/link.txt",
        "/2013/%00",
    ],
)
def test_nothing_outside_of_the_folder_is_served(get, path):
    status, _, body = get(path)
    assert status in {301, 308, 404}
    assert b"secret" not in body


def test_a_copy_that_is_still_good_is_not_sent_again(get):
    _, headers, _ = get("/")
    assert headers["Last-Modified"]
    status, _, body = get("/", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/sandbox/", "/api/v2/status.json"])
def test_head_is_get_without_the_body(get, path):
    status, headers, body = get(path, "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


def test_the_pages_api_may_be_read_from_everywhere(get):
    assert get("/api/v2/status.json")[1]["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in get("/")[1]


def test_slacks_api_and_the_pages_api_do_not_meet(get):
    assert json.loads(get("/api/auth.test")[2])["error"] == "not_authed"
    assert get("/api/v2/status.json")[2] == b'{"status": {}}'
    assert get("/api/v2")[0] == 404


@pytest.mark.parametrize("missing", ["nothing published", "no folder"])
def test_before_the_first_publish_the_page_says_that_it_will_come(tmp_path, missing):
    folder = tmp_path if missing == "nothing published" else tmp_path / "none"
    with Sandbox(Workspace(), public_folder=folder) as slack:
        connection = http.client.HTTPConnection(slack.url.removeprefix("http://"), timeout=5)
        connection.request("GET", "/")
        response = connection.getresponse()
        assert (response.status, response.headers["Retry-After"]) == (503, "2")
        assert b"The page will appear here" in response.read()
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/sandbox/", {"Host": "evil.example.org"}),
        ("GET", "/", {"Host": "127.0.0.1.evil.example.org"}),
        ("POST", "/sandbox/say", {"Origin": "https://example.org"}),
        ("POST", "/sandbox/say", {"Origin": "null"}),
        ("POST", "/sandbox/control/faults", {"Origin": "http://127.0.0.1:1"}),
        ("DELETE", "/sandbox/control/faults", {"Origin": "http://localhost"}),
    ],
)
def test_strangers_are_kept_out(get, method, path, headers):
    assert get(path, method, **headers)[0] == 403


def test_the_local_slack_lets_nothing_in_from_elsewhere(get):
    policy = get("/sandbox/")[1]["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe" not in policy
    assert "http" not in policy
