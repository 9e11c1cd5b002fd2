"""Where an installation keeps its things: the database, the targets, and how readers reach them."""

import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.postgres import Postgres, find_postgres, running_postgres
from tests.support.s3 import KEY, REGION, SECRET, front_of, new_bucket, running_s3
from tests.support.serving import serving
from tests.support.tools import need, unused_port

PATIENCE = 10.0

NGINX = """\
daemon off; master_process off; error_log stderr; pid {scratch}/nginx.pid;
events {{}}
http {{
    access_log off; sendfile on; {temporary}
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


@dataclass(frozen=True)
class Target:
    """Where the page is published to, and the address, with a slash, where it is read."""

    url: str
    base: str
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """All that the processes need beside Slack."""

    database_url: str
    targets: tuple[Target, ...]
    env: Mapping[str, str] = field(default_factory=dict)  # more settings
    prefix: tuple[str, ...] = ()  # what the processes begin under: `unshare -m`
    server_env: Mapping[str, str] = field(default_factory=dict)  # from the very start: LD_PRELOAD


@contextmanager
def folder_target(folder: Path) -> Iterator[Target]:
    """A folder behind nginx, or behind Python's own server where there is no nginx."""
    root = folder / "public"
    root.mkdir(mode=0o755, parents=True, exist_ok=True)
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    server = nginx(Path(program), root, folder) if program else serving(root)
    with server as base:
        yield Target(root.as_uri(), base)


@contextmanager
def nginx(program: Path, root: Path, folder: Path) -> Iterator[str]:
    """The folder `root`, served; its address."""
    port, scratch = unused_port(), folder / "nginx"
    scratch.mkdir(exist_ok=True)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {scratch}/{kind};" for kind in kinds)
    configuration = scratch / "nginx.conf"
    configuration.write_text(
        NGINX.format(scratch=scratch, temporary=temporary, port=port, root=root)
    )
    argv: list[Path | str] = [program, "-p", scratch, "-e", "stderr", "-c", configuration]
    with (scratch / "log").open("wb") as log, subprocess.Popen(argv, stderr=log) as process:
        try:
            base = f"http://127.0.0.1:{port}/"
            _await_answer(base)
            yield base
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _await_answer(address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"nothing answers at {address}")


@contextmanager
def s3_target(folder: Path, endpoint: str | None = None) -> Iterator[Target]:
    """A new bucket of moto's S3, or of the one at `endpoint`; anybody may read it."""
    with ExitStack() as stack:
        store = new_bucket(endpoint or stack.enter_context(running_s3()))
        env = {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": store.endpoint,
        }
        yield Target(store.url, stack.enter_context(front_of(store)), env)


TARGETS: Mapping[str, Callable[[Path], AbstractContextManager[Target]]] = {
    "folder": folder_target,
    "s3": s3_target,
}


class Servers:
    """What is started once and used by many places: PostgreSQL."""

    def __init__(self, postgres: Callable[[], Postgres]) -> None:
        self.postgres = postgres

    @contextmanager
    def database(self, kind: str, folder: Path) -> Iterator[str]:
        """An empty database's address."""
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'ledger.db'}"
            return
        server = self.postgres()
        name = server.create()
        try:
            yield server.url(name)
        finally:
            server.drop(name)

    @contextmanager
    def place(self, database: str, targets: tuple[str, ...], folder: Path) -> Iterator[Place]:
        """A database and targets of these kinds, gone afterwards."""
        with ExitStack() as stack:
            url = stack.enter_context(self.database(database, folder))
            made = (stack.enter_context(TARGETS[kind](folder)) for kind in targets)
            yield Place(url, tuple(made))


@contextmanager
def servers() -> Iterator[Servers]:
    """For whoever runs scenarios outside of pytest; PostgreSQL starts when first asked for."""
    with ExitStack() as stack:
        started: list[Postgres] = []
        lock = threading.Lock()

        def postgres() -> Postgres:
            with lock:
                if not started:
                    programs = need("PostgreSQL", find_postgres(), "apt-get install postgresql")
                    started.append(stack.enter_context(running_postgres(programs)))
                return started[0]

        yield Servers(postgres)
