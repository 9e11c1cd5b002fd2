"""A folder that any web server serves. Readers never see half a file, nor an older page.

Each file is written beside its place, made durable, and renamed; then its folder is made durable:
without that, a power cut tears the page. One publisher writes at a time, under a lock that the
kernel frees when its holder dies.
"""

import errno
import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.publish import marker as markers
from bot.publish.errors import Outrun, TargetError
from bot.publish.marker import Marker
from bot.publish.targets.base import LARGEST, TWIN_ENDINGS, File, has_moved_on

LOCK = ".duckrow/lock"
PATIENCE = 10.0  # seconds to wait for another publisher
_TEMPORARY = ".duckrow-tmp"
_SEGMENT = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,100}")
_THREADS = 4  # fsyncs that wait together cost little more than one
_REASONS = {
    errno.ENOSPC: "the folder is full",
    errno.EDQUOT: "the folder's quota is used up",
    errno.EROFS: "the folder is read-only",
    errno.EACCES: "no permission to write the folder",
    errno.EPERM: "no permission to write the folder",
    errno.EIO: "the disk reports errors",
    errno.ENOTDIR: "it is not a folder",
    errno.EISDIR: "a folder stands where a file belongs",
}


class FolderTarget:
    """A folder; it is made when it is missing."""

    twins = True

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = root.as_uri()

    def marker(self) -> Marker | None:
        """What the folder shows; None where nothing was ever published."""
        with _told_plainly():
            return self._marker()

    def check(self) -> str:
        """Write a file of no meaning, and remove it; see Target. It does not make the folder."""
        with _told_plainly():
            if not self.root.exists():
                _try(next(one for one in self.root.parents if one.exists()))
                return "can be made"
            with self._locked():
                _try(self.root / ".duckrow")
        return "can be written"

    def read(self, path: str) -> bytes | None:
        """A file as it stands there; see Target."""
        with _told_plainly():
            try:
                with _inside(self.root, path).open("rb") as file:
                    body = file.read(LARGEST + 1)
            except FileNotFoundError:
                return None
        if len(body) > LARGEST:
            raise TargetError(f"{path} is too large to be ours")
        return body

    def list(self, prefix: str) -> Sequence[str]:
        """The paths of all files whose path begins so; see Target."""
        folder = self.root / prefix.rpartition("/")[0]
        with _told_plainly():
            paths = (path.relative_to(self.root).as_posix() for path in _files(folder))
            return [path for path in paths if path.startswith(prefix)]

    @contextmanager
    def writing(
        self, base: Marker | None, intent: Marker, *, take_over: bool = False
    ) -> Iterator["FolderWriter"]:
        """Begin to publish; see Target."""
        with _told_plainly(), self._locked(), ThreadPoolExecutor(_THREADS) as pool:
            current = self._marker()
            if not take_over and has_moved_on(base, current, intent):
                raise Outrun
            if take_over or (current and current.next):
                self._sweep()
            writer = FolderWriter(self.root, pool, None if take_over else current)
            writer.begin(intent)
            yield writer

    def _marker(self) -> Marker | None:
        try:
            return markers.parse((self.root / markers.PATH).read_bytes())
        except FileNotFoundError:
            return None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        path = self.root / LOCK
        _make_folder(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _sweep(self) -> None:
        """Remove what a publisher that was cut off left behind."""
        for left in self.root.rglob(f"*{_TEMPORARY}"):
            left.unlink(missing_ok=True)


class FolderWriter:
    """One publication under way; the folder is locked."""

    def __init__(self, root: Path, pool: ThreadPoolExecutor, current: Marker | None) -> None:
        self._root = root
        self._pool = pool
        self._current = current

    def begin(self, intent: Marker) -> None:
        """Announce what is being written."""
        shown = self._current or intent.blank()
        if intent.revision > shown.fence:
            self.mark(shown.announcing(intent))

    def put(self, files: Sequence[File]) -> Sequence[None]:
        """Write files durably; none of them appears before all of them could be written."""
        paths = [self._path(file.path) for file in files]
        folders = {folder for path in paths for folder in _make_folder(path.parent)}
        beside = [
            path.with_name(f".{path.name}.{secrets.token_hex(8)}{_TEMPORARY}") for path in paths
        ]
        try:
            list(self._pool.map(_write, beside, [file.body for file in files]))
            for temporary, path in zip(beside, paths, strict=True):
                _remove_twins(path)
                temporary.replace(path)
        finally:
            for temporary in beside:
                with suppress(OSError):  # most have been renamed
                    temporary.unlink(missing_ok=True)
        list(self._pool.map(_sync_folder, folders | {path.parent for path in paths}))
        return [None for _ in files]

    def mark(self, marker: Marker) -> None:
        """Say what the folder shows now."""
        self.put([File(markers.PATH, marker.to_bytes(), "application/json", "no-cache", 0)])
        self._current = marker

    def delete(self, paths: Iterable[str]) -> None:
        """Remove files, and the folders that they leave empty."""
        gone = [self._path(path) for path in paths]
        for path in gone:
            _remove_twins(path)
            path.unlink(missing_ok=True)
            with suppress(OSError):  # it holds something else
                path.parent.rmdir()
        list(self._pool.map(_sync_folder, {_nearest(path.parent) for path in gone}))

    def _path(self, path: str) -> Path:
        return _inside(self._root, path)


def _inside(root: Path, path: str) -> Path:
    """Where a document stands: always inside of the folder."""
    segments = path.split("/")
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise ValueError(f"{path!r} is no document's path")
    return root.joinpath(*segments)


def _nearest(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return folder if folder.is_dir() else _nearest(folder.parent)


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder; what cannot be looked into is an error, and never nothing."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry))
        elif not entry.name.endswith(_TEMPORARY):
            yield Path(entry)


def _remove_twins(path: Path) -> None:
    """What a server would go on serving in place of the file itself."""
    for ending in TWIN_ENDINGS:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _lock(descriptor: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TargetError("another publisher is writing to it") from None
            time.sleep(0.01)
        else:
            return


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder that readers can enter; the folders whose entries are new."""
    if folder.is_dir():
        return []
    changed = _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(0o755)  # whatever the umask: a web server reads it
    return [*changed, folder.parent]


def _write(path: Path, body: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123 -- a descriptor
        os.fchmod(descriptor, 0o644)
        view = memoryview(body)
        while view:
            view = view[file.write(view) :]
        os.fsync(descriptor)


def _try(folder: Path) -> None:
    probe = folder / f".{secrets.token_hex(8)}{_TEMPORARY}"
    _write(probe, b"may this be written?")
    probe.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        known = _REASONS.get(error.errno or 0)
        raise TargetError(known or (error.strerror or "it cannot be written").lower()) from error
