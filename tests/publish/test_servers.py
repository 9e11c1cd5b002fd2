"""The recipes of docs/serving.md, run by the servers they are for."""

import gzip
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.publish import Publisher, headers, open_target
from tests.support.recipes import ending, fences, files
from tests.support.telling import open_incident
from tests.support.tools import need, unused_port

PATIENCE = 10.0  # seconds until a server listens

INSECURE = {  # what stands for a host name and its certificates, on loopback
    r"    listen 443 ssl;\n": "    listen 127.0.0.1:{port};\n",
    r"    ssl_certificate.*\n": "",
    r"    listen 80;\n": "    listen 127.0.0.1:{other};\n",
    r"/var/www/status": "{root}",
}


@pytest.fixture(scope="module")
def nginx() -> Path:
    return find("nginx", "nginx-light")


@pytest.fixture(scope="module")
def caddy() -> Path:
    return find("caddy", "caddy")


def find(program: str, package: str) -> Path:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    return need(program, Path(found) if found else None, f"install it: apt-get install {package}")


@pytest.fixture
def published(desk):
    """A page with an incident, and with its twins."""
    open_incident(desk.database)
    both = ("gzip", "brotli")
    Publisher(desk.database, open_target(str(desk.root)), "program", compressed=both).sync(
        desk.now()
    )
    return desk


@contextmanager
def serving(argv, address) -> Iterator[httpx.Client]:
    """The server, from its first answer until it is told to stop."""
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            with httpx.Client(base_url=address) as client:
                wait_for(client, process)
                yield client
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def wait_for(client, process):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            client.get("/robots.txt")
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                pytest.fail(process.communicate()[0].decode())
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def by_nginx(nginx, published, tmp_path) -> Iterator[httpx.Client]:
    (recipe,) = fences("nginx")
    port = unused_port()
    for pattern, loopback in INSECURE.items():
        said = loopback.format(port=port, other=unused_port(), root=published.root)
        recipe, count = re.subn(pattern, said, recipe)
        assert count, pattern
    paths = "".join(
        f"{name}_temp_path {tmp_path}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"daemon off; master_process off; error_log stderr; pid {tmp_path}/nginx.pid;"
        f"events {{}} http {{ access_log off; {paths} {recipe} }}"
    )
    argv = [nginx, "-p", tmp_path, "-e", "stderr", "-c", configuration]
    with serving(argv, f"http://127.0.0.1:{port}") as client:
        yield client


@pytest.fixture
def by_caddy(caddy, published, tmp_path, monkeypatch) -> Iterator[httpx.Client]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (recipe,) = fences("caddy")
    port = unused_port()
    local = recipe.replace("status.example.com", f"http://127.0.0.1:{port}")
    configuration = tmp_path / "Caddyfile"
    configuration.write_text(
        "{\n\tadmin off\n\tauto_https off\n}\n"
        + local.replace("/var/www/status", str(published.root))
    )
    argv = [caddy, "run", "--adapter", "caddyfile", "--config", configuration]
    with serving(argv, f"http://127.0.0.1:{port}") as client:
        yield client


@pytest.fixture(params=["nginx", "caddy"])
def served(request) -> httpx.Client:
    client: httpx.Client = request.getfixturevalue(f"by_{request.param}")
    return client


def test_a_real_server_says_what_is_declared_and_serves_what_stands_there(published, served):
    for path in sorted(published.site.paths()):
        if path.endswith((".gz", ".br")):
            continue
        answer = served.get(f"/{path}", headers={"Accept-Encoding": "identity"})
        kind, cache, shared = files()[ending(path)]
        assert answer.status_code == 200
        assert answer.content == published.site.read(path)
        assert answer.headers["content-type"].lower() == kind, path
        assert answer.headers["cache-control"] == cache, path
        check_headers(answer, shared="*" if shared == "yes" else None)
    assert served.get("/").content == published.site.read("index.html")


def check_headers(answer, *, shared):
    assert answer.headers.get("access-control-allow-origin") == shared, answer.url
    for name, value in headers.EVERYWHERE.items():
        assert answer.headers[name] == value


def test_a_real_server_sends_the_twins(published, served):
    twin = published.site.read("index.html.gz")
    with served.stream("GET", "/", headers={"Accept-Encoding": "gzip"}) as answer:
        assert b"".join(answer.iter_raw()) == twin
    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert gzip.decompress(twin) == published.site.read("index.html")


def test_a_real_server_has_a_page_for_what_is_not_there(published, served):
    for path in ("/nowhere", "/api/v2/incidents/unknown.json", "/.duckrow/lock", "/a.duckrow-tmp"):
        answer = served.get(path)
        assert answer.status_code == 404
        assert answer.content == published.site.read("404.html")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        check_headers(answer, shared="*" if path.startswith("/api/") else None)


def test_a_real_server_serves_the_marker_fresh(published, served):
    answer = served.get("/.duckrow/revision.json")
    assert answer.json() == published.site.marker
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_a_folder_is_found_without_its_slash(published, served):
    answer = served.get("/history")
    assert answer.status_code in (301, 308)
    assert answer.headers["location"] == "/history/"
    again = served.get("/history/")
    assert again.content == published.site.read("history/index.html")


def test_what_has_not_changed_is_not_sent_again(served):
    first = served.get("/history.atom")
    known = {"If-None-Match": first.headers["etag"]}
    again = served.get("/history.atom", headers=known)
    assert (again.status_code, again.content) == (304, b"")
