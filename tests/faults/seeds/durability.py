"""What the kernel was asked for, as strace tells it: is each file durable before it is shown?"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tests.faults.forkserver import ForkServer, Launch
from tests.faults.invariants import Violation
from tests.faults.world import Setup
from tests.support.tools import need

MARKER = "revision.json"
_TRACED = "trace=fsync,fdatasync,rename,renameat,renameat2"
_SYNC = re.compile(r"^(?P<pid>\d+) +f(?:data)?sync\(\d+<(?P<path>[^>]*)>(?P<end>.*)$")
_RESUMED = re.compile(r"^(?P<pid>\d+) +<\.\.\. f(?:data)?sync resumed>")
_RENAME = re.compile(r'^\d+ +rename\w*\([^"]*"(?P<source>[^"]+)"[^"]*"(?P<target>[^"]+)"')


def traced(folder: Path, env: dict[str, str], setups: tuple[Setup, ...]) -> list[str]:
    """Publish a page; the system calls that concern durability, line by line."""
    strace = need("strace", Path(shutil.which("strace") or ""), "apt-get install strace")
    trace = folder / "trace"
    with ForkServer((str(strace), "-f", "-y", "-qq", "-e", _TRACED, "-o", str(trace))) as server:
        for words in ("components add www Home", "incident open www=down Title | First words."):
            launch = Launch(tuple(words.split()), str(folder), env, setups=setups)
            assert server.run(launch) == 0
    return trace.read_text().splitlines()


def undurable(lines: list[str], root: Path) -> Iterator[Violation]:
    """I5, at a power cut: renames below `root` of what was not synced, or not before the marker."""
    synced: set[str] = set()
    pending: dict[str, str] = {}
    shown: set[PurePosixPath] = set()  # folders with new names that are not durable yet
    for line in lines:
        if path := _finished(line, pending):
            synced.add(path)
            shown.discard(PurePosixPath(path))
        if not (rename := _RENAME.match(line)) or not rename["target"].startswith(str(root)):
            continue
        target = PurePosixPath(rename["target"])
        if rename["source"] not in synced:
            yield Violation("I5", f"{target} was shown before it was durable")
        if target.name == MARKER and shown - {target.parent}:
            yield Violation("I5", f"the marker speaks of {sorted(map(str, shown))}, not durable")
        shown.add(target.parent)
    if shown:
        yield Violation("I5", f"new names are not durable: {sorted(map(str, shown))}")


def _finished(line: str, pending: dict[str, str]) -> str | None:
    """The path whose fsync is done by this line."""
    if sync := _SYNC.match(line):
        if "unfinished" in sync["end"]:
            pending[sync["pid"]] = sync["path"]
            return None
        return sync["path"]
    if resumed := _RESUMED.match(line):
        return pending.pop(resumed["pid"], None)
    return None
