"""Two PostgreSQL clusters of the tests' own: a primary, and a standby that confirms each commit.

with running_pair() as pair:
    pair.primary.kill()              # the whole machine, as far as anybody can tell
    pair.promote()
    pair.bring_back()                # the old primary, as the new one's standby
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from tests.support.postgres import OPTIONS, START_SECONDS, find_postgres, hand_over
from tests.support.tools import need, unused_port

NAME = "duckrow"  # the database in each

# As in tests.support.postgres, but what is told to keep its folder does.
_KEEPER = """
folder=$1; shift; "$@" & read -r word
if [ ! "$word" ]; then kill -CONT $(cat /proc/$!/task/$!/children) $!; kill -QUIT $!; fi
wait $!; [ "$word" ] || rm -rf "$folder"
"""
_PAIRED = {
    **OPTIONS,
    "wal_level": "replica",
    "hot_standby": "on",
    "max_wal_senders": "4",
    "wal_keep_size": "64MB",
    "wal_sender_timeout": "0",  # who is frozen is waited for, as long as a test wants
    "wal_retrieve_retry_interval": "200ms",
    "dynamic_shared_memory_type": "mmap",  # in the folder: nothing is left of what is killed
    "deadlock_timeout": "100ms",
    "autovacuum": "off",
    "max_connections": "40",
}


_ROOM = 1 << 30


class Cluster:
    """One of the two: a folder, a port, and a server that runs, stands still, or is gone."""

    def __init__(self, programs: Path, folder: Path, user: dict[str, Any]) -> None:
        self.programs, self.folder, self.port = programs, folder, unused_port()
        self._user = user
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Raises TimeoutError when it does not let anybody in soon."""
        deadline = time.monotonic() + START_SECONDS
        while not self._is_up():
            if self._keeper is None or "could not create any TCP/IP sockets" in self.log[-500:]:
                self._release()
                self._launch()
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL did not start:\n{self.log[-3000:]}")
            time.sleep(0.03)

    def execute(self, *statements: str) -> list[Any]:
        """Each on its own; the last one's rows, where it has any."""
        with self.connect() as admin:
            for statement in statements:
                cursor = admin.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def connect(self, database: str = "postgres", **more: Any) -> psycopg.Connection[Any]:
        where = f"host=127.0.0.1 port={self.port} user=postgres dbname={database} connect_timeout=5"
        return psycopg.connect(where, autocommit=True, **more)

    def set(self, **options: str) -> None:
        """Change the configuration of the running server, as its people would."""
        said = [f"ALTER SYSTEM SET {name} = '{value}'" for name, value in options.items()]
        self.execute(*said, "SELECT pg_reload_conf()")

    def processes(self) -> list[int]:
        """The server's, the one that starts all others first; none while it is gone."""
        with suppress(FileNotFoundError, ProcessLookupError):
            first = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
            return [first, *map(int, others)]
        return []

    def freeze(self) -> None:
        """All of it stands still; its sockets stay open."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """All of it at once, as when its machine dies."""
        shared = self._shared_memory()
        self.freeze()  # so that nobody starts another meanwhile
        self.signal(signal.SIGKILL)
        self._release()
        if shared:
            subprocess.run(["ipcrm", "-m", shared], check=False, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        """In good order: whoever is connected is sent away."""
        self.thaw()
        for pid in self.processes()[:1]:
            os.kill(pid, signal.SIGINT)
        self._release()

    def close(self) -> None:
        """Gone for good, folder and all."""
        if self._keeper:
            self._keeper.communicate(timeout=START_SECONDS)
            self._keeper = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program: str, *arguments: str | Path) -> None:
        argv = [self.programs / program, *arguments]
        done = subprocess.run(argv, capture_output=True, check=False, cwd="/", **self._user)
        assert done.returncode == 0, done.stderr.decode()

    def fill_from(self, data: Path) -> None:
        """Become a copy of a cluster that stands still."""
        shutil.rmtree(self.data, ignore_errors=True)
        copy = ["cp", "-a", "--reflink=auto", str(data), str(self.data)]
        subprocess.run(copy, check=True, cwd="/")

    def follow(self, primary: "Cluster") -> None:
        """Be the standby of another, from the next start on."""
        said = f"primary_conninfo = 'host=127.0.0.1 port={primary.port} user=postgres'\n"
        with (self.data / "postgresql.auto.conf").open("a") as configuration:
            configuration.write(said)
        signal_file = self.data / "standby.signal"
        signal_file.touch()
        shutil.copystat(self.data / "PG_VERSION", signal_file)
        if self._user:
            os.chown(signal_file, self._user["user"], self._user["group"])

    def _is_up(self) -> bool:
        with suppress(psycopg.OperationalError):
            self.connect().close()
            return True
        return False

    def _launch(self) -> None:
        options = {
            **_PAIRED,
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
        }
        server = [str(self.folder), str(self.programs / "postgres"), "-D", str(self.data)]
        server += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                ["sh", "-c", _KEEPER, "keeper", *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._user,
            )

    def _release(self) -> None:
        if self._keeper:
            self._keeper.communicate(b"keep\n", timeout=START_SECONDS)
            self._keeper = None

    def _shared_memory(self) -> str:
        with suppress(FileNotFoundError, IndexError):
            return (self.data / "postmaster.pid").read_text().split("\n")[6].split()[1]
        return ""


@dataclass
class Pair:
    """A primary and its standby, which change places."""

    primary: Cluster
    standby: Cluster

    def url(self, *ports: int, database: str = NAME) -> str:
        """Both hosts, the first primary's first whatever happened since; or other ports."""
        ports = ports or tuple(sorted((self.primary.port, self.standby.port)))
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports)
        return f"postgresql+psycopg://postgres@/{database}?{hosts}"

    def wait_for_each_other(self) -> None:
        """Either one, while it is the primary, has the other confirm each commit."""
        for one in (self.primary, self.standby):
            one.set(synchronous_standby_names="*")
        self.await_standby()

    def await_standby(self) -> None:
        """Until the standby confirms what is committed."""
        asked = "SELECT 1 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"
        _until(lambda: bool(self.primary.execute(asked)), lambda: self.standby.log[-3000:])

    def promote(self) -> None:
        """The standby becomes the primary, whose commits hang until nobody has to confirm them."""
        self.primary, self.standby = self.standby, self.primary
        self.primary.execute("SELECT pg_promote(true)")

    def stand_alone(self) -> None:
        """What people must do once they have promoted a standby."""
        self.primary.set(synchronous_standby_names="")

    def bring_back(self) -> None:
        """What was the primary copies the new one, and follows it."""
        self.standby.kill()
        shutil.rmtree(self.standby.data, ignore_errors=True)
        source = f"host=127.0.0.1 port={self.primary.port} user=postgres"
        arguments: Sequence[str | Path] = ("-D", self.standby.data, "-d", source)
        self.standby.run("pg_basebackup", *arguments, "-c", "fast", "-X", "stream", "--no-sync")
        self.standby.follow(self.primary)
        self.standby.start()
        self.wait_for_each_other()


@contextmanager
def running_pair() -> Iterator[Pair]:
    """A pair that replicates synchronously, with an empty database in it."""
    programs, data, user = _template()
    one, other = (Cluster(programs, _folder(), user) for _ in range(2))
    try:
        for cluster in (one, other):
            hand_over(cluster.folder)
            cluster.fill_from(data)
        other.follow(one)
        one.start()
        other.start()
        pair = Pair(one, other)
        pair.wait_for_each_other()
        yield pair
    finally:
        one.close()
        other.close()


@cache
def _template() -> tuple[Path, Path, dict[str, Any]]:
    """A cluster made once, which stands still and is copied; the programs, and their user."""
    found = need("PostgreSQL", find_postgres(), "install it: apt-get install postgresql")
    programs = (found / "postgres").resolve().parent  # the folder that has all of them
    folder = _folder()
    remove = ["sh", "-c", 'read -r _; rm -rf "$1"', "keeper", str(folder)]  # however we end
    keeper = subprocess.Popen(remove, stdin=subprocess.PIPE, start_new_session=True)
    atexit.register(keeper.communicate)
    user = hand_over(folder)
    made = Cluster(programs, folder, user)
    made.run(
        *("initdb", "-D", made.data, "-U", "postgres", "-A", "trust", "--no-sync"),
        *("--encoding=UTF8", "--locale=C", "--wal-segsize=1"),
    )
    made.start()
    made.execute(f"CREATE DATABASE {NAME}")
    made.stop()
    return programs, made.data, user


def _folder() -> Path:
    """In memory where there is such a place: a cluster is a thousand files, copied each time."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM
    return Path(tempfile.mkdtemp(prefix="duckrow-cluster-", dir=memory if roomy else None))


def _until(condition: Any, said: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(said())
        time.sleep(0.03)
