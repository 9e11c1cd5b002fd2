"""Breaking the machine under a process: small and failing disks, a power cut, a failing call.

Mounts are this process's own and its children's: whatever becomes of it, the kernel takes them away
with it. They want root.
"""

import ctypes
import fcntl
import os
import resource
import shutil
import signal
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from tests.support.tools import need

_CLONE_NEWNS, _MS_REC_PRIVATE = 0x20000, 0x44000
_SHUTDOWN, _NO_FLUSH = 0x8004587D, 2  # FS_IOC_SHUTDOWN, and without writing the log first
_SIZES = {"ext4": "64M", "xfs": "320M"}  # the least that xfs will be made of is 300
_FORCE = {"ext4": "-F", "xfs": "-f"}
_PATIENCE = 20.0
_true_time = time.time  # whatever a process is told later


@cache
def own_mounts() -> None:
    """From now on what this process and its children mount is seen by nobody else."""
    if os.geteuid() != 0:
        need("root", None, "mounting and tracing want it")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) or libc.mount(b"none", b"/", None, _MS_REC_PRIVATE, None):
        need("a mount namespace", None, f"the kernel says: {os.strerror(ctypes.get_errno())}")


@contextmanager
def tmpfs(path: Path, size: str) -> Iterator[Path]:
    """A file system of so many bytes at `path`."""
    own_mounts()
    path.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", path)
    try:
        yield path
    finally:
        _run("umount", "-l", path)


def remount(path: Path, how: str) -> None:
    """`ro` or `rw`; refused by the kernel while files of it are open for writing."""
    _run("mount", "-o", f"remount,{how}", path)


def fill(folder: Path) -> Path:
    """Use up all the space there; unlink the file to free it again."""
    ballast = folder / ".ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))
    return ballast


class Disk:
    """A file system on an image, mounted at `mount`, which can lose its power."""

    def __init__(self, folder: Path, kind: str) -> None:
        own_mounts()
        need(f"mkfs.{kind}", _program(f"mkfs.{kind}"), "install e2fsprogs and xfsprogs")
        self.kind = kind
        self.mount = folder / kind
        self.mount.mkdir(parents=True)
        self._image = folder / f"{kind}.img"
        _run("truncate", "-s", _SIZES[kind], self._image)
        _run(f"mkfs.{kind}", "-q", _FORCE[kind], self._image)

    @contextmanager
    def mounted(self) -> Iterator[Path]:
        """Mounted while the block runs; its log is replayed first, if need be."""
        self._mount()
        try:
            yield self.mount
        finally:
            self._unmount()

    def mount_again(self) -> None:
        """Nobody may use it."""
        self._unmount()
        self._mount()

    def cut(self) -> float:
        """The power goes: what was not made durable is gone. The moment, monotonic.

        Let whoever writes there stand still first: an fsync under way may succeed, and lie.
        """
        folder = os.open(self.mount, os.O_RDONLY)
        try:
            moment = time.monotonic()
            fcntl.ioctl(folder, _SHUTDOWN, struct.pack("I", _NO_FLUSH))
        finally:
            os.close(folder)
        return moment

    def give_up(self) -> None:
        """Have the kernel find an error and make it read-only, as it does with a dying disk (ext4).

        Only another mount makes it writable again.
        """
        device = self.mount.stat().st_dev
        name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        Path(f"/sys/fs/ext4/{name}/trigger_fs_error").write_text("the disk dies\n")

    def _mount(self) -> None:
        options = "loop,errors=remount-ro" if self.kind == "ext4" else "loop"
        _run("mount", "-o", options, self._image, self.mount)

    def _is_mounted(self) -> bool:
        """Without touching it: without power it answers nothing."""
        return f" {self.mount} " in Path("/proc/self/mountinfo").read_text()

    def _unmount(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self._is_mounted():  # an umount may fail, as something cannot be written, and be done
            subprocess.run(["umount", self.mount], capture_output=True, check=False)
            if time.monotonic() > deadline:
                _run("umount", "-l", self.mount)
                raise TimeoutError(f"somebody still uses {self.mount}")
            time.sleep(0.002)


@contextmanager
def failing(pid: int, calls: str, how: str, path: Path | None = None) -> Iterator[None]:
    """While the block runs, a process's system calls go wrong: `how` as strace's inject says it.

    With a path, only those that are about that file.
    """
    program = need("strace", _program("strace"), "install it: apt-get install strace")
    only = ("-P", path) if path else ()
    argv = (program, "-f", *only, "-e", f"trace={calls}", "-e", f"inject={calls}:{how}")
    with subprocess.Popen(
        _words((*argv, "-p", str(pid))), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as tracer:
        assert tracer.stderr
        try:
            while b"attached" not in (line := tracer.stderr.readline()):
                assert line, "strace could not attach"
            drain = threading.Thread(target=tracer.stderr.read)
            drain.start()
            _await_traced(pid)
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(_PATIENCE)
            drain.join()


def _await_traced(pid: int) -> None:
    """Every thread of it."""
    deadline = time.monotonic() + _PATIENCE
    while not all(map(_is_traced, Path(f"/proc/{pid}/task").iterdir())):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_traced(thread: Path) -> bool:
    with suppress(OSError):
        return "TracerPid:\t0\n" not in (thread / "status").read_text()
    return True  # it has ended


class Clock:
    """The time that processes in `folder` are told; their monotonic clock stays the true one."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        if not self._file.exists():
            self.ahead(0)

    def ahead(self, seconds: float) -> None:
        """It goes, so far from the true time."""
        self._say(f"+ {seconds}")

    def stand_still(self) -> None:
        self._say(f"= {self.told()}")

    def told(self) -> float:
        """What it says, in seconds since 1970."""
        how, seconds = self._file.read_text().split()
        return float(seconds) + (_true_time() if how == "+" else 0)

    def _say(self, what: str) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(what)
        new.replace(self._file)


def limit(pid: int, what: int, most: int) -> None:
    """Of a process that runs: resource.RLIMIT_NOFILE or RLIMIT_AS."""
    _, hard = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (most, hard))


def _program(name: str) -> Path | None:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    return Path(found) if found else None


def _run(*argv: str | Path) -> None:
    done = subprocess.run(_words(argv), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{_words(argv)}: {done.stderr}"


def _words(argv: Sequence[str | Path]) -> list[str]:
    return [str(one) for one in argv]
