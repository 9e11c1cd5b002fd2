"""The wheel, built from the checkout and installed where nothing of the checkout is seen."""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment of its own that has the wheel; it borrows the libraries, so no network."""

    folder: Path

    def python(self, *arguments: str, cwd: Path, **env: str) -> str:
        """What its Python prints."""
        return _run(str(self.folder / "bin/python"), *arguments, cwd=cwd, env=env)

    def duckrow(self, *arguments: str, cwd: Path, **env: str) -> str:
        """What the command line prints."""
        return _run(str(self.folder / "bin/duckrow"), *arguments, cwd=cwd, env=env)


def build_wheel(folder: Path) -> Path:
    """The wheel, built without network by the backend that is already here."""
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    _run(sys.executable, *build, cwd=folder)
    return next(folder.glob("*.whl"))


def install(wheel: Path, folder: Path) -> Installed:
    """A fresh environment with the wheel in it."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    pip = ("-m", "pip", "--python", str(python), "--disable-pip-version-check", "--quiet")
    options = ("--no-deps", "--no-index", "--ignore-installed")
    _run(sys.executable, *pip, "install", *options, str(wheel), cwd=folder)
    where = _run(
        str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
    )
    # Only the libraries: an editable install's own .pth is not followed from here.
    Path(where.strip(), "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(folder)


def _run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Standard output; the process sees no settings of ours but those given."""
    basic = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        command, cwd=cwd, env=basic | (env or {}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
