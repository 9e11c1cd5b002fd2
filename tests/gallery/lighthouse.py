"""make lighthouse: Lighthouse's four scores for the home page on a phone, and what it minds.

Not part of the tests: its scores depend on the machine. Full reports are in .gallery/lighthouse.
"""

import gzip
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import click

from tests.gallery.building import build
from tests.gallery.states import STATES
from tests.support.serving import Quiet, serving
from tests.support.tools import CHROMIUM_FLAGS, find_chromium

ROOT = Path(__file__).parents[2]
LIGHTHOUSE = ROOT / ".gallery/npm/node_modules/.bin/lighthouse"
REPORTS = ROOT / ".gallery/lighthouse"
MEASURED = ("weight", "calm", "outage")


class Compressing(Quiet):
    """Serves pages compressed, as the recipes for web servers do."""

    def do_GET(self) -> None:  # noqa: N802 -- the base class names it
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if path.is_dir() else path
        if page.suffix != ".html" or not page.is_file():
            super().do_GET()
            return
        body = gzip.compress(page.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="duckrow-lighthouse-") as name:
        for state in STATES:
            if state.name in MEASURED:
                site = build(state, Path(name) / state.name)
                with serving(site.root, Compressing) as address:
                    _say(state.name, _measure(address, REPORTS / f"{state.name}.json"))


def _measure(address: str, report: Path) -> Any:
    flags = " ".join(["--headless", *CHROMIUM_FLAGS])
    subprocess.run(
        [
            LIGHTHOUSE,
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--chrome-flags={flags}",
        ],
        env=os.environ | {"CHROME_PATH": str(find_chromium())},
        check=True,
    )
    return json.loads(report.read_text())


def _say(name: str, report: Any) -> None:
    scores = {one["title"]: round(100 * one["score"]) for one in report["categories"].values()}
    click.echo(f"{name}: " + ", ".join(f"{title} {score}" for title, score in scores.items()))
    weighed = {ref["id"] for one in report["categories"].values() for ref in one["auditRefs"]}
    for key in sorted(weighed):
        audit = report["audits"][key]
        if audit["score"] is not None and audit["score"] < 1:
            click.echo(f"  {key}: {audit['title']} {audit.get('displayValue', '')}")


if __name__ == "__main__":
    main()
