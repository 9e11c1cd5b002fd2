"""Write the lock files beside this script: the newest versions that pyproject.toml allows.

One lock for what runs, one for who works on it; the second is the first and more, so that the
tests run on the very versions that production does. Needs pip-compile: `make lock` brings it.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN, DEV = "requirements.lock", "requirements-dev.lock"


def main() -> None:
    pyproject = tomllib.loads((HERE.parent / "pyproject.toml").read_text())
    project = pyproject["project"]
    run = [
        *pyproject["build-system"][
            "requires"
        ],  # the checkout installs itself without build isolation
        *project["dependencies"],
        *project["optional-dependencies"]["production"],
    ]
    write(RUN, run)
    write(DEV, [*run, *pyproject["dependency-groups"]["dev"]], "--constraint", RUN)


def write(lock: str, wanted: list[str], *more: str) -> None:
    """Hashes of every platform's files; no address and no path of the machine that made it."""
    sys.stderr.write(f"{lock} ...\n")
    command = [
        *(sys.executable, "-m", "piptools", "compile", "--quiet", "--upgrade", "--generate-hashes"),
        *(
            "--no-emit-index-url",
            "--no-emit-trusted-host",
            "--no-emit-find-links",
            "--no-emit-options",
        ),
        *("--strip-extras", "--no-header", "--allow-unsafe", "--annotation-style=line"),
        *("--no-config", *more, "--output-file", lock, "-"),
    ]
    subprocess.run(  # noqa: S603 -- our own command
        command, input="\n".join(wanted).encode(), cwd=HERE, check=True
    )
    text = (HERE / lock).read_text()
    (HERE / lock).write_text(text.replace(f"-c {RUN}, ", "").replace("-r -", "pyproject.toml"))


if __name__ == "__main__":
    main()
