"""What the page checks borrow from npm; `make` installs it beside tests/package.json."""

import shutil
from pathlib import Path

from tests.support.tools import need

MODULES = Path(__file__).parents[1] / "node_modules"


def borrowed(path: str) -> Path:
    """A file of an npm package: "axe-core/axe.min.js"."""
    found = MODULES / path
    remedy = "install npm (apt-get install npm), then: make tests/node_modules/.installed"
    return need(
        f"npm's {path.split('/', maxsplit=1)[0]}", found if found.exists() else None, remedy
    )


def java() -> Path:
    """The program that runs the Nu checker."""
    found = shutil.which("java")
    remedy = "install it: apt-get install default-jre-headless"
    return need("Java", Path(found) if found else None, remedy)
