"""The fixtures themselves: what everybody stands on."""

import http.server
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support.postgres import find_postgres
from tests.support.tools import need


def test_a_database_is_empty_and_takes_a_table(database_url):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE duck (name text)"))
        connection.execute(text("INSERT INTO duck VALUES ('first')"))
        assert connection.execute(text("SELECT count(*) FROM duck")).scalar_one() == 1
    engine.dispose()


def test_a_prepared_database_is_prepared_once_and_copied(postgres_server):
    prepared = []

    def prepare(url):
        prepared.append(url)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE duck (name text)"))
        engine.dispose()

    first, second = (postgres_server.create(prepare) for _ in range(2))
    with psycopg.connect(
        host="127.0.0.1", port=postgres_server.port, user="postgres", dbname=second
    ) as one:
        one.execute("INSERT INTO duck VALUES ('only here')")
    postgres_server.drop(first)
    postgres_server.drop(second)
    assert len(prepared) == 1


def test_a_cluster_dies_with_the_tests_even_when_they_are_killed():
    programs = need("PostgreSQL", find_postgres(), "install it: apt-get install postgresql")
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from tests.support.postgres import running_postgres
        with running_postgres(Path({str(programs)!r})) as postgres:
            print(postgres.admin.execute("SHOW data_directory").fetchone()[0], flush=True)
            time.sleep(60)
    """)
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=root, stdout=subprocess.PIPE, text=True
    ) as tests:
        assert tests.stdout is not None
        folder = Path(tests.stdout.readline().strip()).parent
        assert (folder / "data/postmaster.pid").exists()
        os.kill(tests.pid, signal.SIGKILL)
    for _ in range(200):
        if not folder.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"{folder} is still there")


def test_what_is_missing_is_skipped_with_the_remedy_and_fails_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="quack is missing; install it"):
        need("quack", None, "install it")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="quack is missing; install it"):
        need("quack", None, "install it")


def test_a_tab_shows_a_loopback_page_and_nothing_from_elsewhere(tab, tmp_path):
    (tmp_path / "index.html").write_text(
        "<title>Row</title><img src='http://example.com/duck.png'>"
    )

    def handler(*arguments):
        return Quiet(*arguments, directory=str(tmp_path))

    failed = []
    tab.on("requestfailed", lambda request: failed.append(request.url))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        tab.goto(f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
        thread.join()
    assert tab.title() == "Row"
    assert failed == ["http://example.com/duck.png"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Not a word: the test speaks."""
