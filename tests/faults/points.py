"""Named points: places in the program where a child kills itself with SIGKILL.

Production code knows nothing of them. `install`, a setup of every child, wraps the functions at the
program's seams; `Trap.set` names the point and the passage, and the first process that comes by
takes the trap and dies, with all it forked, or stops there until it is told to continue.
"""

import importlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

TRAP = "trap"  # a file in the children's folder: the point, how often it is passed by, the signal
TAKEN = "trap.taken"  # and by whom


@dataclass(frozen=True)
class Seam:
    """A function, and whether the point is before or after it."""

    path: str
    is_after: bool = True
    pause: float = 0.0  # seconds until it happens, where what was done has yet to leave the process


LEDGER = {
    "before-commit": Seam("storage.ledger:Telling.finish"),
    "after-commit-before-ack": Seam("bot.commands._run:_tell"),
    "shown-not-recorded": Seam("bot.publish.records:Records.shows", is_after=False),
}
HTTP = {"after-ack": Seam("werkzeug.wrappers:Response.close", pause=0.02)}
SOCKET = {"after-ack-by-socket": Seam("bot.slack.socket:send_response", pause=0.02)}
SLACK = {
    "attempt-marked": Seam("bot.slack.announcer.poster:Poster._begin"),
    "posted-not-stored": Seam("bot.slack.announcer.poster:Poster._keep", is_after=False),
    "stored": Seam("bot.slack.announcer.poster:Poster._keep"),
    "read-back": Seam("bot.slack.announcer.lookup:Lookup.find"),
}
FOLDER = {
    "intent-marked": Seam("bot.publish.targets.folder:FolderWriter.begin"),
    "each-write": Seam("bot.publish.targets.folder:_write"),
    "before-rename": Seam("bot.publish.targets.folder:_remove_twins", is_after=False),
    "rename-before-fsync": Seam("bot.publish.targets.folder:_sync_folder", is_after=False),
    "before-marker": Seam("bot.publish.targets.folder:FolderWriter.mark", is_after=False),
    "after-marker": Seam("bot.publish.targets.folder:FolderWriter.mark"),
}
S3 = {
    "s3-before-put": Seam("bot.publish.targets.bucket:Bucket.put", is_after=False),
    "s3-after-put": Seam("bot.publish.targets.bucket:Bucket.put"),
    "s3-before-marker": Seam("bot.publish.targets.s3:S3Writer.mark", is_after=False),
    "s3-after-marker": Seam("bot.publish.targets.s3:S3Writer.mark"),
}
POINTS: Mapping[str, Seam] = LEDGER | HTTP | SOCKET | SLACK | FOLDER | S3
_OF_TARGETS = {"folder": FOLDER, "s3": S3}


def points_of(targets: tuple[str, ...], *, socket_mode: bool = False) -> list[str]:
    """Those that an installation with such targets can come by."""
    ack = SOCKET if socket_mode else HTTP
    return [*LEDGER, *ack, *SLACK, *(name for kind in targets for name in _OF_TARGETS[kind])]


class Trap:
    """Set by the harness, taken by a child: one file, so that only one child falls into it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / TRAP
        self._taken = folder / TAKEN

    def set(self, point: str, passage: int = 1, *, number: int = signal.SIGKILL) -> None:
        """Whoever comes by `point` for the so-many-eth time from now on gets that signal."""
        self._taken.unlink(missing_ok=True)
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{point} {passage} {int(number)}")
        beside.rename(self._file)

    def await_taken(self, seconds: float) -> bool:
        """False when nobody came by in that time; the trap is gone either way."""
        deadline = time.monotonic() + seconds
        while self._file.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self.remove()

    def remove(self) -> bool:
        """True when nobody had come by."""
        with suppress(FileNotFoundError):
            self._file.unlink()
            return True
        return False

    @property
    def victim(self) -> int | None:
        """The process group that took it; None until it says so."""
        with suppress(FileNotFoundError):
            return int(self._taken.read_text())
        return None

    @property
    def holds(self) -> bool:
        """Whether whoever took it stands still by now, as after SIGSTOP."""
        victim = self.victim
        return victim is not None and _state(victim) == "T"


def _state(pid: int) -> str:
    """As the kernel says it, after a name that may be anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def install() -> None:
    """In a child: look for a trap at every point."""
    from tests.faults.child import resolve  # noqa: PLC0415 -- only children have all that imports

    for name, seam in POINTS.items():
        module, _, names = seam.path.partition(":")
        *owners, function = names.split(".")
        owner = resolve(f"{module}:{owners[0]}") if owners else importlib.import_module(module)
        wrap(owner, function, name, seam)


def wrap(owner: Any, function: str, name: str, seam: Seam) -> None:
    """Have one function look for the trap, before or after its work."""
    real: Callable[..., Any] = getattr(owner, function)
    left: dict[str, int] = {}

    @wraps(real)
    def watched(*arguments: Any, **named: Any) -> Any:
        if not seam.is_after:
            _perhaps_fall(name, seam, left)
        answer = real(*arguments, **named)
        if seam.is_after:
            _perhaps_fall(name, seam, left)
        return answer

    setattr(owner, function, watched)


def _perhaps_fall(name: str, seam: Seam, left: dict[str, int]) -> None:
    try:
        said = Path(TRAP).read_text()
    except FileNotFoundError:
        left.clear()
        return
    point, passage, number = said.split()
    if point != name:
        return
    left[said] = left.get(said, int(passage)) - 1
    if left[said] == 0:
        time.sleep(seam.pause)
        _fall_in(int(number))


def _fall_in(number: int) -> None:
    mine = Path(f"{TRAP}.{os.getpid()}")
    try:
        Path(TRAP).rename(mine)
    except FileNotFoundError:
        return  # another was first
    mine.write_text(str(os.getpgid(0)))
    mine.rename(TAKEN)  # with all that it says
    os.killpg(0, number)
